using Ropeway.Core;
using Ropeway.Management.Views;

namespace Ropeway.Management.Samples;

/// <summary>How fast connections, channels and queues come and go. Guarded by the sampler's gate.</summary>
internal sealed class ChurnRates
{
    private static readonly (string Name, Func<Broker, long> Count)[] Numbers =
    [
        ("channel_closed", broker => broker.Churn.ChannelsClosed),
        ("channel_created", broker => broker.Churn.ChannelsOpened),
        ("connection_closed", broker => broker.Connections.ClosedCount),
        ("connection_created", broker => broker.Connections.OpenedCount),
        ("queue_created", broker => broker.Churn.QueuesCreated),
        ("queue_declared", broker => broker.Churn.QueuesDeclared),
        ("queue_deleted", broker => broker.Churn.QueuesDeleted),
    ];

    private readonly Broker _broker;
    private long[] _last;
    private long[] _recent;

    /// <summary>Begins with what there is.</summary>
    public ChurnRates(Broker broker)
    {
        _broker = broker;
        _last = Count();
        _recent = new long[_last.Length];
    }

    /// <summary>Takes the next sample.</summary>
    public void Sample()
    {
        long[] now = Count();
        _recent = [.. now.Zip(_last, (count, before) => count - before)];
        _last = now;
    }

    /// <summary>The numbers now, and how fast they changed in the last step, under RabbitMQ's names.</summary>
    public Dictionary<string, object> Read()
    {
        var read = new Dictionary<string, object>(StringComparer.Ordinal);
        for (int i = 0; i < Numbers.Length; i++)
        {
            read.Add(Numbers[i].Name, Numbers[i].Count(_broker));
            read.Add($"{Numbers[i].Name}_details", new RateView(_recent[i] / (double)SampleSeries.StepSeconds));
        }

        return read;
    }

    private long[] Count() => [.. Numbers.Select(number => number.Count(_broker))];
}
