namespace Ropeway.TestKit.Wire;

/// <summary>One delivered, fetched or returned message; its body is valid during the call only.</summary>
public readonly ref struct WireDelivery
{
    /// <summary>BasicDeliver, BasicGetOk or BasicReturn.</summary>
    public required WireMethod Method { get; init; }

    public required ushort Channel { get; init; }

    /// <summary>Delivery tag; 0 for a return.</summary>
    public required ulong Tag { get; init; }

    public required bool IsRedelivered { get; init; }

    public required ReadOnlySpan<byte> Body { get; init; }
}
