using System.Security.Cryptography;

namespace Ropeway.Storage;

/// <summary>A part of a file as an archive reads it: so many bytes, hashed as they go by. A file that ends before is a fault. One thread.</summary>
/// <param name="read">Reads at a position of the part into a span and says how many bytes it got.</param>
/// <param name="bytes">Bytes of the part.</param>
/// <param name="name">For the fault.</param>
/// <param name="aborted">Ends it.</param>
internal sealed class BackupSource(BackupRead read, long bytes, string name, CancellationToken aborted) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true; // So that the archive asks for the length.

    public override bool CanWrite => false;

    public override long Length => bytes;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>What the manifest says of the part, once it was read to its end.</summary>
    public BackupEntry ToEntry() => new(name, bytes, Convert.ToHexStringLower(_hash.GetCurrentHash()));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        aborted.ThrowIfCancellationRequested();
        Span<byte> target = buffer[..(int)Math.Min(buffer.Length, bytes - _position)];
        int done = target.IsEmpty ? 0 : read(_position, target);
        if (done < target.Length)
        {
            throw new IOException($"'{name}' ends at {_position + done}, {bytes} bytes were expected.");
        }

        _hash.AppendData(target);
        _position += done;
        return done;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
