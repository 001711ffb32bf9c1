namespace Ropeway.Management.Live;

/// <summary>How often something happens, smoothed over a time: until that has passed, over all the time so far. A mutable struct; its owner is the only one to change it.</summary>
/// <param name="seconds">Time over which it is smoothed.</param>
internal struct SmoothedRate(double seconds)
{
    private const double Nothing = 0.005; // Below it is what remains of what has ended.

    private double _sum;
    private double _weight; // How much of the time has passed, 0 to 1.

    /// <summary>Times a second.</summary>
    public readonly double Value => _weight == 0 ? 0 : _sum / _weight;

    /// <summary>Notes what has happened.</summary>
    /// <param name="count">How often.</param>
    /// <param name="elapsedSeconds">In how much time; more than 0.</param>
    public void Add(long count, double elapsedSeconds)
    {
        double share = 1 - Math.Exp(-elapsedSeconds / seconds);
        _sum += ((count / elapsedSeconds) - _sum) * share;
        _weight += (1 - _weight) * share;
        if (count == 0 && Value < Nothing)
        {
            _sum = 0;
        }
    }
}
