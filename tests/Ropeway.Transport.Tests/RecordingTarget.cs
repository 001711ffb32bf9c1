namespace Ropeway.Transport.Tests;

/// <summary>An outbox's target that leaves the sending to the test.</summary>
internal sealed class RecordingTarget : IOutboxTarget
{
    public bool IsSending { get; set; }

    public int DrainedCount { get; private set; }

    public void Send() => IsSending = true;

    public void OnDrained() => DrainedCount++;
}
