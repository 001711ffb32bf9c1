namespace Ropeway.TestKit.Wire;

/// <summary>What a receive brought.</summary>
public enum ReceiveStatus
{
    /// <summary>More octets are in the buffer.</summary>
    Received,

    /// <summary>Nothing came in time.</summary>
    TimedOut,

    /// <summary>The peer has closed or reset the connection.</summary>
    Closed,
}
