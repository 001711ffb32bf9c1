using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Tracing;

/// <summary>The header <c>traceparent</c> of a message, as W3C Trace Context defines it: <c>00-(trace id)-(span id)-(flags)</c>.</summary>
/// <param name="Text">As the publisher wrote it.</param>
/// <param name="Context">What it says.</param>
internal readonly record struct TraceParent(string Text, ActivityContext Context)
{
    private const int CharsMin = 55;
    private const int CharsMax = 128;
    private const byte LongString = (byte)'S';

    /// <summary>A number that is the same wherever the trace passes: 0 to before 1, evenly spread.</summary>
    public double Fraction
    {
        get
        {
            Span<byte> id = stackalloc byte[16];
            Context.TraceId.CopyTo(id);
            return BinaryPrimitives.ReadUInt32BigEndian(id[12..]) / (uint.MaxValue + 1.0);
        }
    }

    /// <summary>Reads it.</summary>
    /// <param name="properties">Encoded properties of a message.</param>
    /// <param name="parent">What they say.</param>
    /// <returns>False when it is not there, or is none.</returns>
    public static bool TryRead(in ContentProperties properties, out TraceParent parent)
    {
        parent = default;
        if (!FieldTableCodec.TryFind(properties.Headers, "traceparent"u8, out RawField field) || field.Type != LongString || field.Value.Length is < CharsMin or > CharsMax)
        {
            return false;
        }

        string text = Encoding.ASCII.GetString(field.Value);
        if (!ActivityContext.TryParse(text, traceState: null, isRemote: true, out ActivityContext context))
        {
            return false;
        }

        parent = new TraceParent(text, context);
        return true;
    }
}
