namespace Ropeway.TestKit.History;

/// <summary>One queue: its streams by producer, and when a delivery can have gone unseen.</summary>
internal sealed class TrackedQueue(string name)
{
    public string Name { get; } = name;

    public Dictionary<int, TrackedStream> Streams { get; } = [];

    /// <summary>Sessions that are ending, or recovering: the broker may deliver to them what they will never report.</summary>
    public int EndingSessions { get; set; }

    /// <summary>Clock of the last moment at which such a session was still there; -1 when there was none.</summary>
    public long LastUnseenAt { get; set; } = -1;
}
