using System.Text.RegularExpressions;

namespace Ropeway.Management.Http;

/// <summary>
/// A regular expression for names that somebody typed. It does not backtrack, so its time is linear in a name; that is not yet cheap, and lists are long: it counts
/// what it takes, and whoever reads the list ends that in time. For one request.
/// </summary>
internal sealed class NamePattern
{
    /// <summary>Longest expression, in characters.</summary>
    public const int CharsMax = 1024;

    private readonly Regex _expression;
    private readonly TimeProvider _time;

    /// <summary>Reads one.</summary>
    /// <param name="pattern">In .NET's syntax, without what needs backtracking; upper and lower case are the same.</param>
    /// <param name="time">Measures.</param>
    /// <exception cref="ApiException">It is none that can be used.</exception>
    public NamePattern(string pattern, TimeProvider time)
    {
        _time = time;
        if (pattern.Length > CharsMax)
        {
            throw ApiException.BadRequest($"a regular expression for names has at most {CharsMax} characters, this one has {pattern.Length}");
        }

        try
        {
            _expression = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (RegexParseException fault)
        {
            throw ApiException.BadRequest($"'{pattern}' is no regular expression: {fault.Error} at position {fault.Offset}");
        }
        catch (NotSupportedException fault)
        {
            throw ApiException.BadRequest($"'{pattern}' cannot be used: {fault.Message}");
        }
    }

    /// <summary>What all comparisons took so far.</summary>
    public TimeSpan Spent { get; private set; }

    /// <summary>Compares a name.</summary>
    public bool IsMatch(string name)
    {
        long begun = _time.GetTimestamp();
        bool isMatch = _expression.IsMatch(name);
        Spent += _time.GetElapsedTime(begun);
        return isMatch;
    }
}
