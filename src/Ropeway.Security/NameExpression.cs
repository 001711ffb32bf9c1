using System.Text.RegularExpressions;

namespace Ropeway.Security;

/// <summary>
/// The regular expression of a permission. Immutable; any thread may ask it. It runs in time linear to the name (no backtracking), so
/// that none can be made to hang.
/// </summary>
/// <remarks>Nearly all permissions are for everything or for nothing: these do without the engine, which takes 25 ms of the start.</remarks>
internal sealed class NameExpression
{
    private const string Everything = ".*";
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly bool _coversAll;
    private readonly Regex? _regex;

    /// <summary>Prepares an expression. The empty one covers the empty name only.</summary>
    /// <exception cref="ArgumentException">It is not valid.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking (look-around, back references) or is too large.</exception>
    public NameExpression(string pattern)
    {
        _coversAll = pattern == Everything;
        _regex = _coversAll || pattern.Length == 0 ? null : new Regex(pattern, Options);
    }

    /// <summary>Whether it answers at once, so that nothing is won by remembering the answers.</summary>
    public bool IsPlain => _regex is null;

    /// <summary>Whether a name, or a part of it, matches.</summary>
    public bool Covers(string name) => _regex is null ? _coversAll || name.Length == 0 : _regex.IsMatch(name);
}
