using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ropeway.CommandLine.Output;

/// <summary>One condition of <c>--where</c>: a column, an operator, and what it is compared with. Immutable.</summary>
internal sealed class RowCondition
{
    private static readonly string[] Operators = ["!=", ">=", "<=", "!~", "=", ">", "<", "~"];

    private readonly Column _column;
    private readonly string _operator;
    private readonly string _operand;
    private readonly Regex? _pattern;

    private RowCondition(Column column, string @operator, string operand)
    {
        _column = column;
        _operator = @operator;
        _operand = operand;
        _pattern = @operator is "~" or "!~" ? new Regex(operand, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
    }

    /// <summary>Reads a condition such as <c>waiting&gt;1000</c> or <c>name~^orders</c>.</summary>
    /// <param name="text">The condition.</param>
    /// <param name="find">Finds a column by its name, or throws.</param>
    /// <exception cref="ClientException">It is none.</exception>
    public static RowCondition Parse(string text, Func<string, Column> find)
    {
        int at = text.IndexOfAny(['!', '=', '<', '>', '~']);
        string? known = at > 0 ? Array.Find(Operators, candidate => text.AsSpan(at).StartsWith(candidate, StringComparison.Ordinal)) : null;
        if (known is null)
        {
            throw ClientException.Usage($"--where: bad value '{text}': a column, one of = != > >= < <= ~ !~, and a value are expected");
        }

        try
        {
            return new RowCondition(find(text[..at].Trim()), known, text[(at + known.Length)..].Trim());
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw ClientException.Usage($"--where: bad value '{text}': {fault.Message} (expressions have no look-around and no back references)");
        }
    }

    /// <summary>Whether it holds for a row. A value that is not there is larger and smaller than nothing.</summary>
    public bool Holds(JsonElement row)
    {
        string value = _column.Raw(row);
        if (_pattern is not null)
        {
            return _pattern.IsMatch(value) == (_operator == "~");
        }

        bool areNumbers = TryNumber(value, out double left) & TryNumber(_operand, out double right);
        if (_operator is "=" or "!=")
        {
            return (areNumbers ? left == right : string.Equals(value, _operand, StringComparison.Ordinal)) == (_operator == "=");
        }

        if (value.Length == 0)
        {
            return false;
        }

        int order = areNumbers ? left.CompareTo(right) : string.CompareOrdinal(value, _operand);
        return _operator switch
        {
            ">" => order > 0,
            ">=" => order >= 0,
            "<" => order < 0,
            _ => order <= 0,
        };
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
