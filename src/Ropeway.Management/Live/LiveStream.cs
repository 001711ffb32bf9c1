using Ropeway.Management.Sessions;
using Ropeway.Security;

namespace Ropeway.Management.Live;

/// <summary>
/// A page that is told what changes. It outlives its connection for a while, so that a page that comes back finds its rows again. Any thread.
/// </summary>
/// <param name="id">Nobody can guess it.</param>
/// <param name="user">Whose it is, as stored when it began.</param>
/// <param name="session">The session it began with; null when it came with a password.</param>
/// <param name="wanted">What it follows.</param>
internal sealed class LiveStream(string id, StoredUser user, Session? session, Subscription wanted)
{
    private volatile Subscription _wanted = wanted;
    private int _connectionNumber;

    /// <summary>Its name.</summary>
    public string Id => id;

    /// <summary>Whose it is.</summary>
    public StoredUser User => user;

    /// <summary>The session it began with, or null.</summary>
    public Session? Session => session;

    /// <summary>What it follows.</summary>
    public Subscription Wanted => _wanted;

    /// <summary>Tells that something may be new.</summary>
    public Pulse Pulse { get; } = new();

    /// <summary>When its connection ended; null while there is one. Under the gate of its <see cref="LiveStreams"/>.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>Events that were sent, over all its connections.</summary>
    public long EventCount { get; set; }

    /// <summary>Follows something else from now on.</summary>
    public void Follow(Subscription next)
    {
        _wanted = next;
        Pulse.Beat();
    }

    /// <summary>A connection serves it from now on, and the one before does no more.</summary>
    /// <returns>Its number, for <see cref="IsServedBy"/>.</returns>
    public int Connect() => Interlocked.Increment(ref _connectionNumber);

    /// <summary>Whether a connection is still the one that serves it.</summary>
    public bool IsServedBy(int connection) => Volatile.Read(ref _connectionNumber) == connection;
}
