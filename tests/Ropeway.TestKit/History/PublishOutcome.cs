namespace Ropeway.TestKit.History;

/// <summary>What a producer knows about its message.</summary>
public enum PublishOutcome : byte
{
    /// <summary>Sent; nothing came back. After a crash it may be there or not.</summary>
    Unknown,

    /// <summary>The broker confirmed it.</summary>
    Confirmed,

    /// <summary>The broker refused it: it may be there or not.</summary>
    Refused,

    /// <summary>The broker returned it: it is in no queue.</summary>
    Returned,
}
