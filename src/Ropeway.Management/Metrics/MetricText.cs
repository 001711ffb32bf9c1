using System.Buffers;
using System.Globalization;
using System.Text;
using Ropeway.Core.Resources;

namespace Ropeway.Management.Metrics;

/// <summary>Writes Prometheus' text format 0.0.4. What was written waits in memory until it is sent. One thread at a time.</summary>
internal sealed class MetricText(Stream body, CancellationToken aborted) : IMetricSink
{
    /// <summary>What the text is, for the header.</summary>
    public const string ContentType = "text/plain; version=0.0.4";

    private const int SendBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _unsent = new(2 * SendBytes);

    /// <summary>Whether enough waits that it should be sent before more is added.</summary>
    public bool IsFull => _unsent.WrittenCount >= SendBytes;

    /// <inheritdoc/>
    public void Add(string name, string help, long value)
    {
        var family = new MetricFamily(name, help);
        Begin(family);
        Sample(family, value);
    }

    /// <inheritdoc/>
    /// <remarks>From half a millisecond to half a minute.</remarks>
    public void AddHistogram(string name, string help, DurationSpread durations)
    {
        Write($"# TYPE {name} histogram\n# HELP {name} {help}\n");
        foreach (double seconds in (ReadOnlySpan<double>)[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{seconds}\"}} {durations.CountUpTo(TimeSpan.FromSeconds(seconds))}\n"));
        }

        Write(string.Create(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"+Inf\"}} {durations.Count}\n{name}_sum {durations.Total.TotalSeconds}\n{name}_count {durations.Count}\n"));
    }

    /// <inheritdoc/>
    public void Begin(MetricFamily family)
    {
        Write("# TYPE ");
        Write(family.Name);
        Write(family.IsCounter ? " counter\n# HELP " : " gauge\n# HELP ");
        Write(family.Name);
        Write(" ");
        Write(family.Help);
        Write("\n");
    }

    /// <inheritdoc/>
    public void Sample(MetricFamily family, long value, params ReadOnlySpan<(string Name, string Text)> labels)
    {
        Write(family.Name);
        for (int i = 0; i < labels.Length; i++)
        {
            Write(i == 0 ? "{" : ",");
            Write(labels[i].Name);
            Write("=\"");
            WriteEscaped(labels[i].Text);
            Write("\"");
        }

        Write(labels.IsEmpty ? " " : "} ");
        Span<byte> digits = _unsent.GetSpan(sizeHint: 20);
        _ = value.TryFormat(digits, out int count, provider: CultureInfo.InvariantCulture);
        _unsent.Advance(count);
        Write("\n");
    }

    /// <summary>Sends what waits.</summary>
    public async ValueTask SendAsync()
    {
        await body.WriteAsync(_unsent.WrittenMemory, aborted).ConfigureAwait(false);
        _unsent.ResetWrittenCount();
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _unsent);

    private void WriteEscaped(string text) => Write(text.AsSpan().IndexOfAny('\\', '"', '\n') < 0
        ? text
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
}
