using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ropeway.Core;
using Ropeway.Security;

namespace Ropeway.Management.Sessions;

/// <summary>
/// Who has signed in to the management page. Bounded, in memory only: nobody is signed in after a restart. Any thread; its lock is held for memory
/// work and for reading users and permissions, which takes none.
/// </summary>
internal sealed class SessionTable(Broker broker)
{
    /// <summary>Sessions of all users; one more is refused.</summary>
    public const int CountMax = 4096;

    /// <summary>Sessions of one user; one more ends the one that was used longest ago.</summary>
    public const int CountPerUserMax = 32;

    private const int IdBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Longest time without a request; streams are none.</summary>
    public static TimeSpan LongestIdle { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest time after the sign-in.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(12);

    /// <summary>Begins the session of a user that has shown its password.</summary>
    /// <param name="user">The user.</param>
    /// <param name="remote">Where the request came from.</param>
    /// <returns>The id, which is kept nowhere here; null when there are too many sessions or the user has just been deleted.</returns>
    public string? Begin(User user, IPAddress remote)
    {
        string id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        DateTimeOffset now = broker.Time.GetUtcNow();
        lock (_gate)
        {
            if (!broker.Users.TryGetStored(user.Name, out StoredUser? stored))
            {
                return null;
            }

            RemoveWhere(session => !IsAlive(session, now));
            Session[] own = [.. _sessions.Values.Where(session => session.User.User.Name == user.Name)];
            if (own.Length >= CountPerUserMax)
            {
                Remove(own.MinBy(session => session.UsedAt)!);
            }

            if (_sessions.Count >= CountMax)
            {
                return null;
            }

            var begun = new Session(KeyOf(id), stored, SessionRights.Of(broker, user.Name), IPAddress.IsLoopback(remote), now);
            _sessions.Add(begun.Key, begun);
            return id;
        }
    }

    /// <summary>The session of an id.</summary>
    /// <param name="id">What the browser sent.</param>
    /// <param name="remote">Where the request came from.</param>
    /// <param name="isActivity">Whether the user does something; false for streams, which do not keep a session alive.</param>
    /// <returns>Null when there is none, or it has ended.</returns>
    public Session? Find(string id, IPAddress remote, bool isActivity)
    {
        string key = KeyOf(id);
        DateTimeOffset now = broker.Time.GetUtcNow();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(key, out Session? session) || (session.IsLocal && !IPAddress.IsLoopback(remote)))
            {
                return null;
            }

            if (!IsAlive(session, now))
            {
                Remove(session);
                return null;
            }

            if (isActivity)
            {
                session.UsedAt = now;
            }

            return session;
        }
    }

    /// <summary>Ends one; nothing happens when it has ended.</summary>
    public void End(Session session)
    {
        lock (_gate)
        {
            Remove(session);
        }
    }

    /// <summary>Ends those whose time is over or whose user was changed, so that their streams stop. Called once a second while there are streams.</summary>
    public void EndExpired()
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        lock (_gate)
        {
            RemoveWhere(session => !IsAlive(session, now));
        }
    }

    private static string KeyOf(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    private bool IsAlive(Session session, DateTimeOffset now)
    {
        if (now >= session.Expires || !broker.Users.TryGetStored(session.User.User.Name, out StoredUser? stored) || !ReferenceEquals(stored, session.User))
        {
            return false;
        }

        if (session.Rights.Version == broker.Permissions.Version)
        {
            return true;
        }

        var rights = SessionRights.Of(broker, stored.User.Name);
        bool holds = session.Rights.StillHold(broker, rights);
        session.Rights = rights;
        return holds;
    }

    private void RemoveWhere(Func<Session, bool> isMeant)
    {
        foreach (Session session in _sessions.Values.Where(isMeant).ToArray())
        {
            Remove(session);
        }
    }

    private void Remove(Session session)
    {
        if (_sessions.Remove(session.Key))
        {
            session.End();
        }
    }
}
