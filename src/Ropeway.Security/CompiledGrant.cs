using System.Collections.Concurrent;

namespace Ropeway.Security;

/// <summary>
/// A permission with its expressions prepared and its decisions remembered. Any thread may call it.
/// </summary>
internal sealed class CompiledGrant
{
    private const int DecisionCountMax = 4096;
    private const int RememberedCharsMax = 255; // What exists has no longer name; a request can ask for one of a megabyte. So it is about 2 MiB at most.

    private readonly NameExpression[] _expressions;
    private readonly ConcurrentDictionary<(AccessOperation Operation, string Resource), bool> _decisions = new();
    private int _decisionCount;

    /// <summary>Prepares a permission.</summary>
    /// <exception cref="ArgumentException">An expression is not valid.</exception>
    /// <exception cref="NotSupportedException">An expression needs backtracking (look-around, back references) or is too large.</exception>
    public CompiledGrant(PermissionGrant grant)
    {
        Grant = grant;
        _expressions = [new NameExpression(grant.Configure), new NameExpression(grant.Write), new NameExpression(grant.Read)];
    }

    /// <summary>The permission.</summary>
    public PermissionGrant Grant { get; }

    /// <summary>Decides.</summary>
    public bool Allows(AccessOperation operation, string resource)
    {
        NameExpression expression = _expressions[(int)operation];
        if (expression.IsPlain || resource.Length > RememberedCharsMax)
        {
            return expression.Covers(resource);
        }

        if (_decisions.TryGetValue((operation, resource), out bool known))
        {
            return known;
        }

        bool allowed = expression.Covers(resource);
        if (Interlocked.Increment(ref _decisionCount) > DecisionCountMax)
        {
            _decisions.Clear();
            Interlocked.Exchange(ref _decisionCount, 1);
        }

        _decisions[(operation, resource)] = allowed;
        return allowed;
    }
}
