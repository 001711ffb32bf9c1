using System.Collections.Concurrent;

namespace Ropeway.Security;

/// <summary>Counts logins by the protocol that they came over. Any thread.</summary>
public sealed class LoginAttempts
{
    private readonly ConcurrentDictionary<string, long[]> _counts = new(StringComparer.Ordinal);

    /// <summary>The protocols that were used, with the logins that succeeded and failed.</summary>
    public IEnumerable<(string Protocol, long Succeeded, long Failed)> Counts =>
        _counts.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, Volatile.Read(ref entry.Value[1]), Volatile.Read(ref entry.Value[0])));

    /// <summary>Counts a login.</summary>
    /// <param name="protocol">As RabbitMQ names it here: <c>amqp091</c>, <c>http</c>.</param>
    /// <param name="isSuccess">Whether the user is in.</param>
    public void Count(string protocol, bool isSuccess) => Interlocked.Increment(ref _counts.GetOrAdd(protocol, static _ => new long[2])[isSuccess ? 1 : 0]);

    /// <summary>Counting begins anew.</summary>
    public void Reset() => _counts.Clear();
}
