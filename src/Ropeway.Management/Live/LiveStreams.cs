using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Ropeway.Core;
using Ropeway.Management.Http;
using Ropeway.Management.Sessions;
using Ropeway.Security;

namespace Ropeway.Management.Live;

/// <summary>The streams to pages: bounded for each user and for the node, and so are those that lost their connection. Any thread.</summary>
internal sealed class LiveStreams(Broker broker)
{
    /// <summary>Streams of one user.</summary>
    public const int CountPerUserMax = 8;

    /// <summary>Streams of all users.</summary>
    public const int CountMax = 200;

    private const int IdBytes = 16;
    private static readonly TimeSpan ResumableFor = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveStream> _streams = new(StringComparer.Ordinal);
    private volatile bool _isStopping;

    /// <summary>Whether the server stops and all streams end.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>How many are connected.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _streams.Values.Count(stream => stream.LeftAt is null);
            }
        }
    }

    /// <summary>Begins a stream, or goes on with one that lost its connection.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="session">The session of the request, or null.</param>
    /// <param name="resumed">The id of the stream to go on with, or null.</param>
    /// <param name="wanted">What a new one follows.</param>
    /// <exception cref="ApiException">There are too many.</exception>
    public LiveStream Open(User user, Session? session, string? resumed, Subscription wanted)
    {
        lock (_gate)
        {
            Forget();
            LiveStream? old = resumed is not null && _streams.TryGetValue(resumed, out LiveStream? known) && known.User.User.Name == user.Name && ReferenceEquals(known.Session, session) ? known : null;
            LiveStream[] open = [.. _streams.Values.Where(stream => stream.LeftAt is null && stream != old)];
            if (open.Count(stream => stream.User.User.Name == user.Name) >= CountPerUserMax)
            {
                throw new ApiException(StatusCodes.Status429TooManyRequests, "too_many_streams", $"User '{user.Name}' has {CountPerUserMax} live pages open; close one, or ask without a stream");
            }

            if (open.Length >= CountMax || _isStopping)
            {
                throw new ApiException(StatusCodes.Status503ServiceUnavailable, "busy", $"{CountMax} live pages are open on this node; ask without a stream");
            }

            if (old is not null)
            {
                old.LeftAt = null;
                return old;
            }

            if (!broker.Users.TryGetStored(user.Name, out StoredUser? stored))
            {
                throw ApiException.NotAuthorised("Login failed");
            }

            var stream = new LiveStream(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)), stored, session, wanted);
            _streams.Add(stream.Id, stream);
            return stream;
        }
    }

    /// <summary>The connection of a stream has ended.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="connection">From <see cref="LiveStream.Connect"/>; nothing happens when another one serves it.</param>
    public void Leave(LiveStream stream, int connection)
    {
        lock (_gate)
        {
            if (stream.IsServedBy(connection))
            {
                stream.LeftAt = broker.Time.GetUtcNow();
            }
        }
    }

    /// <summary>A stream of a user.</summary>
    public bool TryGet(string id, User user, [NotNullWhen(true)] out LiveStream? stream)
    {
        lock (_gate)
        {
            return _streams.TryGetValue(id, out stream) && stream.User.User.Name == user.Name;
        }
    }

    /// <summary>Whether a stream may go on: its session has not ended and its user is as it was.</summary>
    public bool IsAllowed(LiveStream stream) =>
        !_isStopping
        && stream.Session is not { IsOver: true }
        && broker.Users.TryGetStored(stream.User.User.Name, out StoredUser? stored)
        && ReferenceEquals(stored, stream.User);

    /// <summary>Something may be new for all.</summary>
    public void BeatAll()
    {
        LiveStream[] streams;
        lock (_gate)
        {
            streams = [.. _streams.Values];
        }

        foreach (LiveStream stream in streams)
        {
            stream.Pulse.Beat();
        }
    }

    /// <summary>Ends all: the server stops.</summary>
    public void Stop()
    {
        _isStopping = true;
        BeatAll();
    }

    private void Forget()
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        foreach (LiveStream stream in _streams.Values.Where(stream => now - stream.LeftAt >= ResumableFor).ToArray())
        {
            _streams.Remove(stream.Id);
        }

        LiveStream[] left = [.. _streams.Values.Where(stream => stream.LeftAt is not null).OrderByDescending(stream => stream.LeftAt)];
        foreach (LiveStream stream in left.GroupBy(stream => stream.User.User.Name, StringComparer.Ordinal).SelectMany(own => own.Skip(CountPerUserMax)).Union(left.Skip(CountMax)))
        {
            _streams.Remove(stream.Id);
        }
    }
}
