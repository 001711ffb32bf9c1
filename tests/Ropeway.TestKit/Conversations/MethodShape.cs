namespace Ropeway.TestKit.Conversations;

/// <summary>A method of AMQP 0-9-1 or RabbitMQ: its numbers, name and arguments.</summary>
/// <param name="Id">Class number in the upper 16 bits, method number in the lower.</param>
/// <param name="Name">For example <c>queue.declare</c>.</param>
/// <param name="Fields">Its arguments in their order on the wire.</param>
public sealed record MethodShape(uint Id, string Name, IReadOnlyList<MethodField> Fields)
{
    /// <summary>A content header and a body follow.</summary>
    public bool HasContent => Name is "basic.publish" or "basic.return" or "basic.deliver" or "basic.get-ok";

    /// <summary>The answers that end the wait for this method when a conversation names none; empty for one that has no answer.</summary>
    public IReadOnlyList<string> Replies => Name == "basic.get"
        ? ["basic.get-ok", "basic.get-empty"]
        : MethodShapes.Find(Name + "-ok") is { } reply ? [reply.Name] : [];
}
