using Ropeway.Buffers;

namespace Ropeway.Core.Replies;

/// <summary>A message that goes from one connection to another without any queue. Valid during the call that brings it.</summary>
public readonly ref struct DirectReply
{
    /// <summary>The name it was published to.</summary>
    public required ReadOnlySpan<byte> Address { get; init; }

    /// <summary>The publisher's encoded properties.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Memory that holds the body; null: it is <see cref="Body"/>.</summary>
    public NativeBlock? BodyBlock { get; init; }

    /// <summary>Start of the body in <see cref="BodyBlock"/>.</summary>
    public int BodyStart { get; init; }

    /// <summary>Length of the body in <see cref="BodyBlock"/>.</summary>
    public int BodyBytes { get; init; }

    /// <summary>The body when there is no block.</summary>
    public ReadOnlySpan<byte> Body { get; init; }
}
