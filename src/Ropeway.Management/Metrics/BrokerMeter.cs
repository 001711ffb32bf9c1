using System.Diagnostics.Metrics;
using Ropeway.Core;

namespace Ropeway.Management.Metrics;

/// <summary>
/// .NET's instruments over the figures of <c>/metrics</c>, under the same names, for whoever listens to the meter <see cref="Name"/>: an exporter or a tool such as
/// dotnet-counters. Nothing is measured but when they ask. Any thread; disposed before its broker.
/// </summary>
public sealed class BrokerMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Ropeway";

    private static readonly TimeSpan ReadingLife = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Broker _broker;
    private readonly BrokerMetrics _whole;
    private readonly Meter _meter = new(Name, Broker.Version);
    private MetricReading? _reading;
    private long _readAt;

    /// <summary>Makes the instruments.</summary>
    /// <param name="broker">What is measured.</param>
    /// <param name="options">Knows what the system is measured with.</param>
    public BrokerMeter(Broker broker, ManagementOptions options)
    {
        _broker = broker;
        _whole = new BrokerMetrics(broker, options, findings: null);
        var names = new MetricReading();
        _whole.Write(names);
        ObjectSums.WriteEmpty(names);
        foreach (MetricFamily family in names.Families)
        {
            if (family.IsCounter)
            {
                _meter.CreateObservableCounter(family.Name, () => Read().SamplesOf(family.Name), unit: null, family.Help);
            }
            else
            {
                _meter.CreateObservableGauge(family.Name, () => Read().SamplesOf(family.Name), unit: null, family.Help);
            }
        }
    }

    /// <summary>Ends the instruments.</summary>
    public void Dispose() => _meter.Dispose();

    /// <summary>One look for all instruments of a collection, which asks one after the other.</summary>
    private MetricReading Read()
    {
        lock (_gate)
        {
            if (_reading is null || _broker.Time.GetElapsedTime(_readAt) >= ReadingLife)
            {
                _reading = Measure();
                _readAt = _broker.Time.GetTimestamp();
            }

            return _reading;
        }
    }

    private MetricReading Measure()
    {
        var reading = new MetricReading();
        _whole.Write(reading);
        ObjectSums.Write(reading, _broker);
        return reading;
    }
}
