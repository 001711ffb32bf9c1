using System.Runtime.CompilerServices;
using Ropeway.Core.Routing;

namespace Ropeway.Simulation.Steps;

/// <summary>Tables of names are walked in the order of hashes, which must be the same in every process.</summary>
internal static class FixedHashes
{
    private const ulong Seed = 1;

#pragma warning disable CA2255 // Before anything of the core is used, whoever uses it.
    [ModuleInitializer]
    public static void Fix() => KeySeed.Draw = static () => Seed;
#pragma warning restore CA2255
}
