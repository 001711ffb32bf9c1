using Ropeway.Buffers;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>One message with its whole body. Disposed by who asked for it, which gives the memory of a large body back.</summary>
public sealed class BrowsedContent : IDisposable
{
    private readonly NativeBlock? _block;

    internal BrowsedContent(BrowsedMessage message, ReadOnlyMemory<byte> body, NativeBlock? block)
    {
        Message = message;
        Body = body;
        _block = block;
    }

    /// <summary>What is known of it.</summary>
    public BrowsedMessage Message { get; }

    /// <summary>The body, valid until disposal.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <inheritdoc/>
    public void Dispose() => _block?.Release();
}
