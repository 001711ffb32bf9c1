using Ropeway.Core;
using Ropeway.Management.Views;

namespace Ropeway.Management.Samples;

/// <summary>How fast connections, channels and queues come and go. Guarded by the sampler's gate.</summary>
internal sealed class ChurnRates
{
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

    /// <summary>The numbers now, and how fast they changed in the last step.</summary>
    public ChurnView Read()
    {
        long[] now = Count();
        RateView[] rates = [.. _recent.Select(recent => new RateView(recent / (double)SampleSeries.StepSeconds))];
        return new ChurnView(
            now[0], rates[0], now[1], rates[1], now[2], rates[2], now[3], rates[3], now[4], rates[4], now[5], rates[5], now[6], rates[6]);
    }

    /// <summary>In the order of the view.</summary>
    private long[] Count() =>
    [
        _broker.Churn.ChannelsClosed,
        _broker.Churn.ChannelsOpened,
        _broker.Connections.ClosedCount,
        _broker.Connections.OpenedCount,
        _broker.Churn.QueuesCreated,
        _broker.Churn.QueuesDeclared,
        _broker.Churn.QueuesDeleted,
    ];
}
