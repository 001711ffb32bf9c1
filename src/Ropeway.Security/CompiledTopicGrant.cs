using System.Text.RegularExpressions;

namespace Ropeway.Security;

/// <summary>A topic permission with its expressions prepared. Any thread.</summary>
internal sealed class CompiledTopicGrant
{
    private readonly NameExpression _write;
    private readonly NameExpression _read;

    /// <summary>Prepares a topic permission.</summary>
    /// <exception cref="ArgumentException">An expression is not valid.</exception>
    /// <exception cref="NotSupportedException">An expression needs backtracking or is too large.</exception>
    public CompiledTopicGrant(TopicGrant grant)
    {
        Grant = grant;
        _write = Compile(grant, grant.Write);
        _read = Compile(grant, grant.Read);
    }

    /// <summary>The topic permission.</summary>
    public TopicGrant Grant { get; }

    /// <summary>Decides.</summary>
    public bool Allows(AccessOperation operation, string routingKey) => (operation == AccessOperation.Write ? _write : _read).Covers(routingKey);

    /// <summary>Names are put in literally: a user called <c>.*</c> is not let in everywhere.</summary>
    private static NameExpression Compile(TopicGrant grant, string pattern) => new(pattern
        .Replace("{username}", Regex.Escape(grant.User), StringComparison.Ordinal)
        .Replace("{vhost}", Regex.Escape(grant.VirtualHost), StringComparison.Ordinal));
}
