using Ropeway.Core;

namespace Ropeway.Management.Metrics;

/// <summary>What is measured of queues, connections and channels, summed over all of them.</summary>
internal static class ObjectSums
{
    /// <summary>Prefix of RabbitMQ's measures.</summary>
    public const string Prefix = "rabbitmq_";

    /// <summary>Writes all sums.</summary>
    public static void Write(IMetricSink sink, Broker broker)
    {
        Sum(sink, ObjectMetrics.OfQueues, broker.VirtualHosts.All.SelectMany(host => host.ListQueues()).Select(QueueFigures.Of));
        Sum(sink, ObjectMetrics.OfConnections, broker.Connections.Entries);
        Sum(sink, ObjectMetrics.OfChannels, broker.Connections.Entries.SelectMany(entry => entry.Connection.ListChannels()));
    }

    /// <summary>Writes the same of no objects at all: it costs nothing, and tells the names.</summary>
    public static void WriteEmpty(IMetricSink sink)
    {
        Sum(sink, ObjectMetrics.OfQueues, []);
        Sum(sink, ObjectMetrics.OfConnections, []);
        Sum(sink, ObjectMetrics.OfChannels, []);
    }

    /// <summary>All measures in one pass over the objects, which are many.</summary>
    private static void Sum<T>(IMetricSink sink, IReadOnlyList<ObjectMetric<T>> metrics, IEnumerable<T> objects)
    {
        long[] sums = new long[metrics.Count];
        foreach (T one in objects)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += metrics[i].ValueOf(one);
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            sink.Add(ObjectMetrics.Prefix(Prefix, metrics[i].Name), metrics[i].Help, sums[i]);
        }
    }
}
