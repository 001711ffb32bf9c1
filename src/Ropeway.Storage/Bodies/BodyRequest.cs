using System.Buffers;

namespace Ropeway.Storage;

/// <summary>A body that waits for the body writer.</summary>
internal sealed class BodyRequest
{
    public BodyRequest(ReadOnlySequence<byte> body, CancellationToken aborted)
    {
        Body = body;
        Aborted = aborted;
    }

    public ReadOnlySequence<byte> Body { get; }

    public CancellationToken Aborted { get; }

    public TaskCompletionSource<ulong> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
