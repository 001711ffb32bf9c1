using System.Diagnostics.Metrics;
using Ropeway.Management.Metrics;

namespace Ropeway.Management.Tests;

/// <summary>The figures of <c>/metrics</c> as .NET's instruments.</summary>
public sealed class MeterTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Instruments_WhenAsked_SayWhatThePageSays()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/metered", "{}");
        await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", """{"properties":{},"routing_key":"metered","payload":"a","payload_encoding":"string"}""");
        using var meter = new BrokerMeter(rig.Broker, new ManagementOptions());

        Dictionary<string, (long Value, Type Kind)> seen = Collect();

        Assert.Equal((1L, typeof(ObservableGauge<long>)), seen["rabbitmq_queue_messages_ready"]);
        Assert.Equal((1L, typeof(ObservableCounter<long>)), seen["rabbitmq_queue_messages_published_total"]);
        string[] missing = [.. (await PageNamesAsync()).Where(name => !seen.ContainsKey(name) && !name.StartsWith(GlobalMetrics.Prefix, StringComparison.Ordinal))]; // The HTTP server's sampler alone knows what is gone.
        Assert.Equal(["ropeway_group_commit_duration_seconds"], missing);
        Assert.True(seen["ropeway_group_commit_duration_count_total"].Value > 0);
    }

    [Fact]
    public void Instruments_OfADisposedMeter_AreGone()
    {
        new BrokerMeter(rig.Broker, new ManagementOptions()).Dispose();

        Assert.Empty(Collect());
    }

    private static Dictionary<string, (long Value, Type Kind)> Collect()
    {
        var seen = new Dictionary<string, (long Value, Type Kind)>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == BrokerMeter.Name)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = (value, instrument.GetType()));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    /// <summary>The families with a sample; findings are nobody's but the page's.</summary>
    private async Task<IEnumerable<string>> PageNamesAsync()
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", "/metrics");
        string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        return lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])
            .Where(name => name != "ropeway_findings" && Array.Exists(lines, line => line.StartsWith(name, StringComparison.Ordinal)));
    }
}
