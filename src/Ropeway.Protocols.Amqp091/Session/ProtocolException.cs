using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>The peer broke a rule: its channel or its connection is closed with the error (section 1.1).</summary>
internal sealed class ProtocolException(ProtocolError error) : Exception(error.Text)
{
    /// <summary>Code, text and method for the close.</summary>
    public ProtocolError Error { get; } = error;

    /// <summary>Whether only the channel is closed; else the connection.</summary>
    public bool ClosesChannelOnly => !Error.Code.ClosesConnection();
}
