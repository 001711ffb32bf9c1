namespace Ropeway.Server.Bench;

/// <summary>One message as a consumer got it.</summary>
internal readonly ref struct Delivery
{
    /// <summary>Makes a delivery.</summary>
    public Delivery(ulong tag, bool isRedelivered, ReadOnlySpan<byte> body)
    {
        Tag = tag;
        IsRedelivered = isRedelivered;
        Body = body;
    }

    /// <summary>Delivery tag.</summary>
    public ulong Tag { get; }

    /// <summary>Whether the broker marked it as redelivered.</summary>
    public bool IsRedelivered { get; }

    /// <summary>The whole body; dead after the next read.</summary>
    public ReadOnlySpan<byte> Body { get; }
}
