using System.Globalization;
using System.Text;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>Reads a <see cref="MessageFilter"/>. Used once, by one thread.</summary>
/// <param name="text">What somebody typed.</param>
/// <param name="now">The time, which times of day refer to.</param>
internal sealed class FilterParser(string text, DateTimeOffset now)
{
    private const int CharsMax = 1000;
    private const int TermsMax = 20;
    private const string Names = "body, header, key, exchange, id, correlation, size, tries, after, before";

    private static readonly string[] DayForms = ["H:mm", "H:mm:ss"];

    private readonly List<FilterTerm> _terms = [];
    private bool _readsBodies;
    private int _at;

    /// <summary>What is wrong; null when nothing is.</summary>
    public FilterError? Error { get; private set; }

    /// <summary>Reads all terms.</summary>
    /// <returns>Null when <see cref="Error"/> says why not.</returns>
    public MessageFilter? Parse()
    {
        if (text.Length > CharsMax)
        {
            Fail(CharsMax, $"a filter has at most {CharsMax} characters");
        }

        SkipSpaces();
        while (Error is null && _at < text.Length)
        {
            int column = _at;
            FilterTerm? term = ParseTerm();
            if (term is not null)
            {
                _terms.Add(term);
            }

            if (_terms.Count > TermsMax)
            {
                Fail(column, $"a filter has at most {TermsMax} terms");
            }

            SkipSpaces();
        }

        return Error is null ? new MessageFilter(_terms, _readsBodies) : null;
    }

    private FilterTerm? ParseTerm()
    {
        bool isNegated = text[_at] == '-' && _at + 1 < text.Length && text[_at + 1] != ' ';
        _at += isNegated ? 1 : 0;
        int column = _at;
        string name = TakeName();
        int valueColumn = _at;
        string value = TakeValue();
        if (Error is not null)
        {
            return null;
        }

        if (value.Length == 0)
        {
            Fail(valueColumn, name.Length == 0 ? "a text is empty" : $"'{name}:' needs a value");
            return null;
        }

        FilterTerm? term = TermOf(name, value, column, valueColumn);
        return term is not null && isNegated ? (scoped in FilterSubject subject) => !term(subject) : term;
    }

    private FilterTerm? TermOf(string name, string value, int column, int valueColumn)
    {
        switch (name)
        {
            case "" or "body":
                _readsBodies = true;
                byte[] bytes = Encoding.UTF8.GetBytes(value);
                return (scoped in FilterSubject subject) => subject.Body.IndexOf(bytes) >= 0;
            case "header":
                return HeaderOf(value, valueColumn);
            case "key":
                return TextTerms.RoutingKey(new Wildcard(value));
            case "exchange":
                return TextTerms.Exchange(new Wildcard(value));
            case "id":
                return TextTerms.MessageId(new Wildcard(value));
            case "correlation":
                return TextTerms.CorrelationId(new Wildcard(value));
            case "size":
                return Compared(value, valueColumn, isSize: true) is { } fitsSize ? (scoped in FilterSubject subject) => fitsSize(subject.Content.BodyBytes) : null;
            case "tries":
                return Compared(value, valueColumn, isSize: false) is { } fitsTries ? (scoped in FilterSubject subject) => fitsTries(subject.Tries) : null;
            case "after":
                return TimeOf(value, valueColumn) is { } after ? (scoped in FilterSubject subject) => subject.Content.Head.TimestampMs >= after : null;
            case "before":
                return TimeOf(value, valueColumn) is { } before ? (scoped in FilterSubject subject) => subject.Content.Head.TimestampMs < before : null;
            default:
                Fail(column, $"there is no '{name}:'; there are {Names}. To look for it in bodies put the text in double quotes");
                return null;
        }
    }

    private FilterTerm? HeaderOf(string value, int column)
    {
        int equals = value.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? value : value[..equals];
        if (name.Length == 0)
        {
            Fail(column, "'header:' needs a name: header:name or header:name=value");
            return null;
        }

        return TextTerms.Header(Encoding.UTF8.GetBytes(name), equals < 0 ? null : new Wildcard(value[(equals + 1)..]));
    }

    private Predicate<long>? Compared(string value, int column, bool isSize)
    {
        int signs = value.AsSpan().IndexOfAnyExcept("<>=") is var first and >= 0 ? first : value.Length;
        string sign = value[..signs];
        if (!TryReadNumber(value[signs..], isSize, out long number))
        {
            Fail(column + signs, isSize ? "a size is expected, for example 500, 64KiB or 1MB" : "a whole number is expected");
            return null;
        }

        switch (sign)
        {
            case ">":
                return actual => actual > number;
            case ">=":
                return actual => actual >= number;
            case "<":
                return actual => actual < number;
            case "<=":
                return actual => actual <= number;
            case "" or "=":
                return actual => actual == number;
            default:
                Fail(column, $"'{sign}' is none of > >= < <= =");
                return null;
        }
    }

    private static bool TryReadNumber(string value, bool isSize, out long number)
    {
        int digits = value.AsSpan().IndexOfAnyExceptInRange('0', '9') is var first and >= 0 ? first : value.Length;
        long unit = value[digits..].ToUpperInvariant() switch
        {
            "" => 1,
            "B" when isSize => 1,
            "KB" when isSize => 1000,
            "MB" when isSize => 1_000_000,
            "GB" when isSize => 1_000_000_000,
            "KIB" when isSize => 1L << 10,
            "MIB" when isSize => 1L << 20,
            "GIB" when isSize => 1L << 30,
            _ => 0,
        };
        bool isNumber = long.TryParse(value[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out number) && unit > 0 && number <= long.MaxValue / unit;
        number = isNumber ? number * unit : 0;
        return isNumber;
    }

    private long? TimeOf(string value, int column)
    {
        if (TimeOnly.TryParseExact(value, DayForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time))
        {
            DateTime today = now.UtcDateTime.Date + time.ToTimeSpan();
            return new DateTimeOffset(today > now.UtcDateTime ? today.AddDays(-1) : today, TimeSpan.Zero).ToUnixTimeMilliseconds();
        }

        if (char.IsAsciiDigit(value[0]) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment))
        {
            return moment.ToUnixTimeMilliseconds();
        }

        Fail(column, "a time is expected, for example 14:00, 2026-03-01 or 2026-03-01T14:00:00Z");
        return null;
    }

    /// <summary>The name in front of a colon; empty when there is none.</summary>
    private string TakeName()
    {
        int end = text.AsSpan(_at).IndexOfAny(" :\"");
        if (end <= 0 || text[_at + end] != ':')
        {
            return string.Empty;
        }

        string name = text.Substring(_at, end);
        _at += end + 1;
        return name;
    }

    /// <summary>Up to the next space, in which quoted parts may have spaces.</summary>
    private string TakeValue()
    {
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != ' ')
        {
            if (text[_at] != '"')
            {
                value.Append(text[_at++]);
                continue;
            }

            int quote = _at++;
            while (_at < text.Length && text[_at] != '"')
            {
                _at += text[_at] == '\\' && _at + 1 < text.Length ? 1 : 0;
                value.Append(text[_at++]);
            }

            if (_at++ >= text.Length)
            {
                Fail(quote, "the quote is not closed");
                return string.Empty;
            }
        }

        return value.ToString();
    }

    private void SkipSpaces()
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }
    }

    /// <summary>The first mistake stays.</summary>
    private void Fail(int at, string problem) => Error ??= new FilterError(at + 1, problem);
}
