using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Streams;

/// <summary>One stream on a real store, with a clock that is moved by hand.</summary>
internal sealed class StreamRig : IDisposable
{
    private readonly FieldTable _arguments = new() { ["x-queue-type"] = "stream" };

    public StreamRig(string? maxAge = null, long? maxBytes = null)
    {
        if (maxAge is not null)
        {
            _arguments["x-max-age"] = maxAge;
        }

        if (maxBytes is not null)
        {
            _arguments["x-max-length-bytes"] = maxBytes;
        }

        Queues = new QueueRig(time: Time);
        Stream = Queues.Declare("s", arguments: _arguments);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public QueueRig Queues { get; }

    public Queue Stream { get; private set; }

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public long StartOffset
    {
        get
        {
            lock (Stream.Log.Gate)
            {
                return Stream.Log.StartOffset;
            }
        }
    }

    public long EndOffset
    {
        get
        {
            lock (Stream.Log.Gate)
            {
                return Stream.Log.EndOffset;
            }
        }
    }

    public void Dispose() => Queues.Dispose();

    /// <summary>Publishes messages, each in a batch of its own, and waits until readers may see them.</summary>
    public void Publish(params string[] bodies)
    {
        foreach (string body in bodies)
        {
            Queues.Publish(Stream, body);
        }

        WaitReadable();
    }

    /// <summary>Publishes numbered messages of so many bytes each.</summary>
    public void PublishMany(int count, int bodyBytes)
    {
        for (int i = 0; i < count; i += 100)
        {
            Queues.Publish(Stream, [.. Enumerable.Range(i, Math.Min(100, count - i)).Select(n => $"{n}".PadRight(bodyBytes))]);
        }

        WaitReadable();
    }

    public void WaitReadable()
    {
        Queues.WaitDurable();
        Assert.True(SpinWait.SpinUntil(() => Stream.MessageCount == EndOffset - StartOffset, RecordingTarget.Deadline));
    }

    public TestConsumer Read(RecordingTarget target, StreamStart start, int credit = int.MaxValue)
    {
        var consumer = new TestConsumer(Stream, target, credit) { Start = start };
        Assert.Equal(ConsumerRefusal.None, Stream.AddConsumer(consumer));
        DispatchBatch dispatch = DispatchBatch.Begin();
        Stream.Wake(consumer, dispatch);
        dispatch.Flush();
        return consumer;
    }

    /// <summary>What a reader that begins there gets of what is there.</summary>
    public string ReadAll(StreamStart start, int count)
    {
        var target = new RecordingTarget();
        TestConsumer consumer = Read(target, start);
        target.Expect(count);
        Stream.RemoveConsumer(consumer);
        return target.Bodies;
    }

    public void Restart() => Stream = Queues.Restart("s");

    public void Crash() => Stream = Queues.Crash("s");

    public void Apply(long? maxBytes = null, long? maxAgeMs = null) =>
        Stream.Apply(EffectiveArguments.From(Stream.Settings) with { MaxLengthBytes = maxBytes, MaxAgeMs = maxAgeMs });
}
