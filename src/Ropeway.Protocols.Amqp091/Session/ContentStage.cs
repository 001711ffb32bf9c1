namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What a channel expects next of a message that is being published.</summary>
internal enum ContentStage
{
    /// <summary>Methods: no message is under way.</summary>
    None,

    /// <summary>The content header.</summary>
    Header,

    /// <summary>Body frames.</summary>
    Body,
}
