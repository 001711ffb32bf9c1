using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Which messages of a stream a consumer wants: those whose header <c>x-stream-filter-value</c> is one of its values. RabbitMQ leaves
/// out whole chunks only, so its clients test again what they get; here each message is tested. Immutable.
/// </summary>
internal sealed class StreamFilter
{
    private readonly byte[][] _values;
    private readonly bool _takesUnfiltered;

    private StreamFilter(byte[][] values, bool takesUnfiltered)
    {
        _values = values;
        _takesUnfiltered = takesUnfiltered;
    }

    /// <summary>Reads x-stream-filter (a text, or an array of texts) and x-stream-match-unfiltered (true for messages without a value as well).</summary>
    /// <returns>Null when the consumer wants everything.</returns>
    public static StreamFilter? Read(FieldTable arguments)
    {
        if (!arguments.TryGet("x-stream-filter", out object? wanted))
        {
            return null;
        }

        byte[][]? values = wanted switch
        {
            string text => [Encoding.UTF8.GetBytes(text)],
            FieldArray array => [.. array.OfType<string>().Select(Encoding.UTF8.GetBytes)],
            _ => null,
        };
        bool takesUnfiltered = arguments.TryGet("x-stream-match-unfiltered", out object? flag) && flag is true;
        return values is null ? null : new StreamFilter(values, takesUnfiltered);
    }

    /// <summary>Whether the consumer wants a message.</summary>
    /// <param name="properties">Its raw properties with their flags.</param>
    public bool Takes(ReadOnlySpan<byte> properties)
    {
        if (!FieldTableCodec.TryFind(BasicProperties.View(properties).Headers, "x-stream-filter-value"u8, out RawField field) || field.Type != (byte)'S')
        {
            return _takesUnfiltered;
        }

        foreach (byte[] value in _values)
        {
            if (field.Value.SequenceEqual(value))
            {
                return true;
            }
        }

        return false;
    }
}
