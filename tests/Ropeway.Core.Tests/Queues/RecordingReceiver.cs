using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Asks a queue for one message, as often as it is told to.</summary>
internal sealed class RecordingReceiver : IMessageReceiver, IDisposable
{
    private readonly ManualResetEventSlim _again = new();

    public RecordedDelivery? Received { get; private set; }

    public long ReadyCount { get; private set; }

    /// <summary>How often it was told to come again.</summary>
    public int LaterCount { get; private set; }

    public void Receive(in QueuedMessage message, long readyCount)
    {
        Received = RecordingTarget.Record(null, message);
        ReadyCount = readyCount;
    }

    public void AskAgain() => _again.Set();

    /// <summary>The next message, or null when none is ready.</summary>
    public RecordedDelivery? Get(Queue queue, bool settlesOnDelivery, out ulong index)
    {
        Received = null;
        while (true)
        {
            _again.Reset();
            switch (queue.TryGet(this, settlesOnDelivery, out index))
            {
                case GetOutcome.Delivered:
                    return Received;
                case GetOutcome.Empty:
                    Assert.Null(Received);
                    return null;
                default:
                    LaterCount++;
                    Assert.True(_again.Wait(RecordingTarget.Deadline));
                    break;
            }
        }
    }

    public void Dispose() => _again.Dispose();
}
