using System.Collections.Concurrent;
using System.Globalization;
using Ropeway.TestKit.Long;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Faults;

/// <summary>The clients of a soak run, each on a thread of its own until they are stopped.</summary>
internal sealed class SoakClients(BrokerEndpoint endpoint, SeededRandom random)
{
    private const ushort Channel = 1;
    private const int WindowBytes = 256 * 1024;
    private const int BacklogBytesMax = 64 * 1024 * 1024; // Enough to reach segments. It has a bound because what waits costs memory, which would look like growth.

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly List<Thread> _threads = [];
    private volatile bool _isStopping;
    private long _messageCount;
    private long _connectionCount;

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Failure => _failures.TryPeek(out string? failure) ? failure : null;

    /// <summary>Messages that were confirmed and consumed.</summary>
    public long MessageCount => Interlocked.Read(ref _messageCount);

    /// <summary>Connections that came and went.</summary>
    public long ConnectionCount => Interlocked.Read(ref _connectionCount);

    /// <summary>Starts all of them.</summary>
    public void Start()
    {
        StartThread("small", () => Pass("small", 100));
        StartThread("medium", () => Pass("medium", 6_000));
        StartThread("large", () => Pass("large", 200_000));
        SeededRandom churn = random.Fork(1);
        StartThread("churn", () => Churn(churn));
    }

    /// <summary>Ends them and waits for it.</summary>
    public void Stop()
    {
        _isStopping = true;
        _threads.ForEach(thread => thread.Join());
    }

    private void StartThread(string name, Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
#pragma warning disable CA1031 // The thread's top: whatever went wrong fails the run.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                _failures.Enqueue($"{name}: {cause}");
            }
        }) { Name = name, IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    /// <summary>Durable messages through one queue: confirmed, in order, intact, acknowledged.</summary>
    private void Pass(string queue, int bodyBytes)
    {
        using var publisher = new BulkPublisher(endpoint, queue, bodyBytes, bodyBytes, Math.Max(WindowBytes, bodyBytes));
        using var consumer = new BulkConsumer(endpoint, queue, bodyBytes);
        int backlogMax = BacklogBytesMax / bodyBytes;
        while (!_isStopping && publisher.PublishedCount < backlogMax)
        {
            publisher.Advance(backlogMax, bodyBytes); // The longest backlog at once: what its first time costs is no growth.
        }

        while (!_isStopping)
        {
            publisher.Advance(long.MaxValue, bodyBytes);
            long before = consumer.NextSequence;
            consumer.Advance(0);
            if (publisher.PublishedCount - consumer.NextSequence > backlogMax)
            {
                consumer.AdvanceTo(publisher.PublishedCount - (backlogMax / 2));
            }

            Interlocked.Add(ref _messageCount, consumer.NextSequence - before);
        }

        publisher.AwaitConfirms();
        consumer.AdvanceTo(publisher.PublishedCount);
        consumer.Finish();
    }

    /// <summary>Queues, bindings and connections that come and go, politely or not.</summary>
    private void Churn(SeededRandom choice)
    {
        for (int number = 0; !_isStopping; number++)
        {
            using WireConnection connection = WireConnection.Open(endpoint);
            connection.OpenChannel(Channel);
            string queue = string.Create(CultureInfo.InvariantCulture, $"churn.{number}");
            connection.DeclareQueue(Channel, queue);
            connection.BindQueue(Channel, queue, "amq.topic", $"{queue}.*");
            connection.Consume(Channel, queue, "");
            connection.DeleteQueue(Channel, queue);
            Interlocked.Increment(ref _connectionCount);
            if (choice.OneIn(2))
            {
                connection.Drop();
            }
            else
            {
                connection.Close();
            }
        }
    }
}
