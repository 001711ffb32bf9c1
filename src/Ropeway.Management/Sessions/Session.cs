using Ropeway.Security;

namespace Ropeway.Management.Sessions;

/// <summary>
/// A user's stay in the management page, from the sign-in to its end. Kept in memory only; made and ended by a <see cref="SessionTable"/>,
/// which alone changes it, under its gate.
/// </summary>
internal sealed class Session
{
    private volatile bool _isOver;

    /// <summary>Begins one.</summary>
    /// <param name="key">Hash of the id that only the browser has.</param>
    /// <param name="user">The user as it is stored, password included: another one with this name has no session.</param>
    /// <param name="rights">What the user may do.</param>
    /// <param name="isLocal">It was begun on this machine and counts there only.</param>
    /// <param name="now">The time.</param>
    public Session(string key, StoredUser user, SessionRights rights, bool isLocal, DateTimeOffset now)
    {
        Key = key;
        User = user;
        Rights = rights;
        IsLocal = isLocal;
        BegunAt = now;
        UsedAt = now;
    }

    /// <summary>Hash of the id.</summary>
    public string Key { get; }

    /// <summary>Whose it is.</summary>
    public StoredUser User { get; }

    /// <summary>What the user may do, as it was last compared.</summary>
    public SessionRights Rights { get; set; }

    /// <summary>It was begun on this machine and counts there only: some users may come from nowhere else.</summary>
    public bool IsLocal { get; }

    /// <summary>When the user signed in.</summary>
    public DateTimeOffset BegunAt { get; }

    /// <summary>When the user last did something.</summary>
    public DateTimeOffset UsedAt { get; set; }

    /// <summary>When it ends if nothing more is done.</summary>
    public DateTimeOffset Expires => Earlier(BegunAt + SessionTable.Longest, UsedAt + SessionTable.LongestIdle);

    /// <summary>It has ended: whoever streams to the page stops. Any thread.</summary>
    public bool IsOver => _isOver;

    /// <summary>Ends it.</summary>
    public void End() => _isOver = true;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
