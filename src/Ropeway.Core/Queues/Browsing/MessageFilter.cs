namespace Ropeway.Core.Queues.Browsing;

/// <summary>
/// Conditions that a message has to fulfil, all of them. One caller at a time.
/// </summary>
/// <remarks>
/// <code>
/// filter = term { space term }        term = [ "-" ] ( text | name ":" value )
/// text, value: anything without spaces, or in double quotes, in which \" and \\ stand for " and \
/// invoice "not paid"                  the body contains these bytes
/// header:name=value  header:name      a header has this value (numbers and truth values as text), or is there
/// key:mail.*  exchange:orders  id:17*  correlation:x      * is any characters
/// size:>1MiB  tries:>=3               also &lt; &lt;= = ; B, KB, MB, GB, KiB, MiB, GiB
/// after:14:00  before:2026-03-01T13:00:00Z     when the broker took it; a time alone is that of the last 24 hours, UTC
/// </code>
/// A minus in front of a term negates it.
/// </remarks>
public sealed class MessageFilter
{
    private readonly IReadOnlyList<FilterTerm> _terms;

    internal MessageFilter(IReadOnlyList<FilterTerm> terms, bool readsBodies)
    {
        _terms = terms;
        ReadsBodies = readsBodies;
    }

    /// <summary>Whether bodies have to be read.</summary>
    public bool ReadsBodies { get; }

    /// <summary>Reads a filter.</summary>
    /// <param name="text">What somebody typed.</param>
    /// <param name="now">The time, which times of day refer to.</param>
    /// <param name="filter">The filter; null when false is returned.</param>
    /// <param name="error">What is wrong; null when true is returned.</param>
    public static bool TryParse(string text, DateTimeOffset now, out MessageFilter? filter, out FilterError? error)
    {
        var parser = new FilterParser(text, now);
        filter = parser.Parse();
        error = parser.Error;
        return filter is not null;
    }

    /// <summary>Whether a message fulfils all conditions.</summary>
    internal bool Fits(scoped in FilterSubject subject)
    {
        foreach (FilterTerm term in _terms)
        {
            if (!term(subject))
            {
                return false;
            }
        }

        return true;
    }
}
