namespace Ropeway.TestKit.Faults;

/// <summary>What a full-disk run does.</summary>
public sealed record FullDiskOptions
{
    /// <summary>The broker; the disk says where its data is.</summary>
    public required BrokerLaunch Launch { get; init; }

    /// <summary>The disk that runs full.</summary>
    public required IFillableDisk Disk { get; init; }

    /// <summary>Space that stays when it is full, in bytes.</summary>
    public long KeptBytes { get; init; }

    /// <summary>Octets of a body.</summary>
    public int BodyBytes { get; init; } = 64 * 1024;

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
