using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Ropeway.Security;

/// <summary>
/// A permission with its expressions prepared and its decisions remembered. Any thread may call it. The expressions run in time
/// linear to the name (no backtracking), so no pattern can be made to hang.
/// </summary>
internal sealed class CompiledGrant
{
    private const int DecisionCountMax = 4096; // Names are bounded to 255 bytes, so about 1 MiB at most.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly Regex?[] _expressions;
    private readonly ConcurrentDictionary<(AccessOperation Operation, string Resource), bool> _decisions = new();
    private int _decisionCount;

    /// <summary>Prepares a permission.</summary>
    /// <exception cref="ArgumentException">An expression is not valid.</exception>
    /// <exception cref="NotSupportedException">An expression needs backtracking (look-around, back references) or is too large.</exception>
    public CompiledGrant(PermissionGrant grant)
    {
        Grant = grant;
        _expressions = [Compile(grant.Configure), Compile(grant.Write), Compile(grant.Read)];
    }

    /// <summary>The permission.</summary>
    public PermissionGrant Grant { get; }

    /// <summary>Decides.</summary>
    public bool Allows(AccessOperation operation, string resource)
    {
        if (_decisions.TryGetValue((operation, resource), out bool known))
        {
            return known;
        }

        bool allowed = _expressions[(int)operation] is { } expression ? expression.IsMatch(resource) : resource.Length == 0;
        if (Interlocked.Increment(ref _decisionCount) > DecisionCountMax)
        {
            _decisions.Clear();
            Interlocked.Exchange(ref _decisionCount, 1);
        }

        _decisions[(operation, resource)] = allowed;
        return allowed;
    }

    private static Regex? Compile(string pattern) => pattern.Length == 0 ? null : new Regex(pattern, Options);
}
