using System.Net;

namespace Ropeway.Security;

/// <summary>The last refused logins of all protocols, for whoever looks for attacks. Bounded; any thread. Nothing survives a restart.</summary>
public sealed class LoginFailures(TimeProvider time)
{
    /// <summary>Logins remembered; the oldest is forgotten first.</summary>
    public const int CountMax = 1000;

    private const int NameCharsMax = 255;

    private readonly Lock _gate = new();
    private readonly Queue<LoginFailure> _last = new();

    /// <summary>Those since a time, the newest last.</summary>
    public IReadOnlyList<LoginFailure> Since(DateTimeOffset start)
    {
        lock (_gate)
        {
            return _last.Count == 0 ? [] : [.. _last.Where(failure => failure.At >= start)];
        }
    }

    internal void Add(string user, IPAddress address, LoginStatus status)
    {
        var failure = new LoginFailure(time.GetUtcNow(), user.Length > NameCharsMax ? user[..NameCharsMax] : user, address, status);
        lock (_gate)
        {
            if (_last.Count == CountMax)
            {
                _last.Dequeue();
            }

            _last.Enqueue(failure);
        }
    }
}
