using Ropeway.Buffers;

namespace Ropeway.Transport;

/// <summary>A range of a block that waits to be sent; holds one reference on the block.</summary>
internal struct OutboxPiece
{
    /// <summary>The memory.</summary>
    public NativeBlock Block;

    /// <summary>First unsent byte in the block.</summary>
    public int Start;

    /// <summary>Unsent bytes from <see cref="Start"/> on.</summary>
    public int Bytes;
}
