using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;

namespace Ropeway.Core;

/// <summary>What a broker is made with.</summary>
public sealed record BrokerOptions
{
    /// <summary>What a data directory without users gets, once; null for nothing, because definitions are imported.</summary>
    public required FirstStart? FirstStart { get; init; }

    /// <summary>Users that may connect from the broker's own machine only.</summary>
    public IReadOnlyList<string> LoopbackUsers { get; init; } = ["guest"];

    /// <summary>Memory for bodies that are still arriving, over all connections, in bytes. Beyond it only one message per connection may go on.</summary>
    public long ArrivingBytesMax { get; init; } = 512L << 20;

    /// <summary>The name that clients see of this broker.</summary>
    public string NodeName { get; init; } = "ropeway@" + Environment.MachineName;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gives numbers from 0, exclusive 1, for what is left to chance. Any thread.</summary>
    public Func<double> Chance { get; init; } = DrawFraction;

    /// <summary>Does what must not be done on the spot; the steps of a simulation in tests.</summary>
    internal IWorkPool Pool { get; init; } = WorkPool.Instance;

    /// <summary>Where it logs to.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    private static double DrawFraction()
    {
        Span<byte> random = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(random);
        return BitConverter.ToUInt32(random) / (uint.MaxValue + 1.0);
    }
}
