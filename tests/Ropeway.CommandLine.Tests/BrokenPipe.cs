namespace Ropeway.CommandLine.Tests;

/// <summary>A pipe whose reader is gone, as <c>head -1</c> is after a line.</summary>
internal sealed class BrokenPipe : MemoryStream
{
    private const int Errno = 32;

    public override void Write(byte[] buffer, int offset, int count) => throw Fault();

    public override void Write(ReadOnlySpan<byte> buffer) => throw Fault();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => throw Fault();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw Fault();

    private static IOException Fault() => new("Broken pipe", Errno);
}
