using System.Globalization;
using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>The conditions of a filter that compare names, properties and headers.</summary>
internal static class TextTerms
{
    /// <summary>The routing key fits.</summary>
    public static FilterTerm RoutingKey(Wildcard pattern) => (scoped in FilterSubject subject) => Fits(pattern, subject.Content.RoutingKey);

    /// <summary>The exchange fits.</summary>
    public static FilterTerm Exchange(Wildcard pattern) => (scoped in FilterSubject subject) => Fits(pattern, subject.Content.Exchange);

    /// <summary>The message id fits.</summary>
    public static FilterTerm MessageId(Wildcard pattern) => (scoped in FilterSubject subject) => Fits(pattern, ContentProperties.Read(subject.Content.Properties).MessageId);

    /// <summary>The correlation id fits.</summary>
    public static FilterTerm CorrelationId(Wildcard pattern) => (scoped in FilterSubject subject) => Fits(pattern, ContentProperties.Read(subject.Content.Properties).CorrelationId);

    /// <summary>A header is there.</summary>
    /// <param name="name">Its name, UTF-8.</param>
    /// <param name="pattern">What its value, as text, has to fit; null for anything.</param>
    public static FilterTerm Header(byte[] name, Wildcard? pattern)
    {
        var fields = new HeaderFields();
        return (scoped in FilterSubject subject) =>
        {
            ReadOnlySpan<byte> table = ContentProperties.Read(subject.Content.Properties).Headers;
            fields.Read(table);
            int place = fields.Find(name, table);
            return place >= 0 && (pattern is null || pattern.Fits(TextOf(fields.Fields[place], table)));
        };
    }

    private static bool Fits(Wildcard pattern, ReadOnlySpan<byte> utf8) => pattern.Fits(Encoding.UTF8.GetString(utf8));

    private static string TextOf(in HeaderField field, ReadOnlySpan<byte> table) => field.Kind switch
    {
        HeaderKind.Boolean => field.Bits != 0 ? "true" : "false",
        HeaderKind.Float => BitConverter.Int64BitsToDouble(field.Bits).ToString(CultureInfo.InvariantCulture),
        HeaderKind.Bytes => Encoding.UTF8.GetString(field.Value(table)),
        HeaderKind.Integer or HeaderKind.Timestamp => field.Bits.ToString(CultureInfo.InvariantCulture),
        _ => string.Empty,
    };
}
