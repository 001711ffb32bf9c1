using System.Globalization;
using Ropeway.Core.Statistics;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Samples;

/// <summary>Which samples a request wants with its rates: <c>msg_rates_age</c> and <c>msg_rates_incr</c>, <c>lengths_age</c> and <c>lengths_incr</c>, in seconds. Immutable.</summary>
internal sealed class SampleQuery
{
    private readonly (int Age, int Step)? _rates;
    private readonly (int Age, int Step)? _lengths;

    private SampleQuery((int Age, int Step)? rates, (int Age, int Step)? lengths)
    {
        _rates = rates;
        _lengths = lengths;
    }

    /// <summary>No samples.</summary>
    public static SampleQuery None { get; } = new(rates: null, lengths: null);

    /// <summary>Reads it. As in RabbitMQ samples come only with both of a pair.</summary>
    /// <param name="parameter">A parameter of the query, or null.</param>
    /// <exception cref="ApiException">A parameter is no number, or out of its range.</exception>
    public static SampleQuery Read(Func<string, string?> parameter) => new(ReadPair(parameter, "msg_rates"), ReadPair(parameter, "lengths"));

    /// <summary>How fast events come.</summary>
    /// <param name="series">Rows; null when none are kept.</param>
    /// <param name="endMs">When the last row ended.</param>
    /// <param name="rate">Events in a second.</param>
    /// <param name="count">How many there were at the end.</param>
    /// <param name="events">What is counted together.</param>
    public RateView Rates(SampleSeries? series, long endMs, double rate, long count, MessageEvent[] events)
    {
        if (_rates is not { } wanted || series is null)
        {
            return new RateView(rate);
        }

        long NewIn(ReadOnlySpan<uint> row)
        {
            long sum = 0;
            foreach (MessageEvent of in events)
            {
                sum += row[(int)of];
            }

            return sum;
        }

        SampleRing ring = series.Find(wanted.Age, wanted.Step);
        SampleRing newest = series.Find(0);
        int lagSteps = series.LagSeconds(ring) / SampleSeries.StepSeconds;
        for (int i = 1; i <= lagSteps; i++)
        {
            count -= NewIn(newest[newest.Count - i]);
        }

        return Collect(ring, endMs - (series.LagSeconds(ring) * 1000L), wanted, rate, row =>
        {
            long at = count;
            count -= NewIn(row);
            return at;
        });
    }

    /// <summary>How a number of messages changes.</summary>
    /// <param name="series">Rows; null when none are kept.</param>
    /// <param name="endMs">When the last row ended.</param>
    /// <param name="rate">By how much in a second.</param>
    /// <param name="columns">What is there of each counts together.</param>
    public RateView Lengths(SampleSeries? series, long endMs, double rate, params int[] columns)
    {
        if (_lengths is not { } wanted || series is null)
        {
            return new RateView(rate);
        }

        SampleRing ring = series.Find(wanted.Age, wanted.Step);
        return Collect(ring, endMs - (series.LagSeconds(ring) * 1000L), wanted, rate, row =>
        {
            long sum = 0;
            foreach (int column in columns)
            {
                sum += row[column];
            }

            return sum;
        });
    }

    private static RateView Collect(SampleRing ring, long endMs, (int Age, int Step) wanted, double rate, Func<ReadOnlySpan<uint>, long> valueAt)
    {
        int every = Math.Max(wanted.Step / ring.StepSeconds, 1);
        int countMax = wanted.Age / (every * ring.StepSeconds) + 1;
        var samples = new List<SampleView>();
        for (int back = 0; back < ring.Count && samples.Count < countMax; back++)
        {
            long value = valueAt(ring[ring.Count - 1 - back]);
            if (back % every == 0)
            {
                samples.Add(new SampleView(value, endMs - (back * ring.StepSeconds * 1000L)));
            }
        }

        if (samples.Count == 0)
        {
            return new RateView(rate, samples, 0, 0);
        }

        double seconds = (samples[0].Timestamp - samples[^1].Timestamp) / 1000.0;
        return new RateView(rate, samples, seconds > 0 ? (samples[0].Sample - samples[^1].Sample) / seconds : 0, samples.Average(sample => sample.Sample));
    }

    private static (int Age, int Step)? ReadPair(Func<string, string?> parameter, string name) =>
        ReadNumber(parameter, $"{name}_age") is { } age && ReadNumber(parameter, $"{name}_incr") is { } step ? (age, step) : null;

    private static int? ReadNumber(Func<string, string?> parameter, string name)
    {
        const int Max = 24 * 60 * 60;
        return parameter(name) is not { Length: > 0 } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is > 0 and <= Max ? value
            : throw ApiException.BadRequest($"{name} must be a number of seconds from 1 to {Max}, got '{text}'");
    }
}
