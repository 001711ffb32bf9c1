namespace Ropeway.TestKit.Images;

/// <summary>What an image run does.</summary>
public sealed record ImageOptions
{
    /// <summary>Images to build and open.</summary>
    public required int Images { get; init; }

    /// <summary>Everything random follows from it, except the threads' timing under the load.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Messages of each queue.</summary>
    public int Messages { get; init; } = 2500;

    /// <summary>The disk says of what it has not kept that it is synced: to see that the run notices.</summary>
    public bool IsLying { get; init; }

    /// <summary>Receives a line for each image.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
