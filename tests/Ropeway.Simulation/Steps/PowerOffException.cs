namespace Ropeway.Simulation.Steps;

/// <summary>The simulated machine was switched off, or the broker's process killed, in the midst of this.</summary>
internal sealed class PowerOffException() : IOException("The simulated machine is off.", EndsEverything)
{
    private const int EndsEverything = 5; // EIO: nothing that is tried again.
}
