using System.Net;

namespace Ropeway.Security;

/// <summary>
/// Slows guessing of passwords: from the fifth failure of a user from an address on, attempts are refused for a time that doubles
/// with each further failure. Bounded; any thread may call it. Nothing survives a restart.
/// </summary>
internal sealed class LoginThrottle
{
    /// <summary>Failures without a delay.</summary>
    public const int FreeFailures = 5;

    private const int DoublingsMax = 6;
    private const int NameCharsMax = 255;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string User, IPAddress Address), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = new(); // The one that failed last is at the end.
    private readonly TimeProvider _time;
    private readonly int _entryCountMax;

    /// <summary>Makes an empty table.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="entryCountMax">Pairs of user and address remembered; the one that failed longest ago is forgotten first.</param>
    public LoginThrottle(TimeProvider time, int entryCountMax = 10_000)
    {
        _time = time;
        _entryCountMax = entryCountMax;
    }

    /// <summary>How long attempts are still refused; zero when one may be made.</summary>
    public TimeSpan GetDelay(string user, IPAddress address)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(Key(user, address), out LinkedListNode<Entry>? node))
            {
                return TimeSpan.Zero;
            }

            TimeSpan left = DelayAfter(node.Value.Failures) - _time.GetElapsedTime(node.Value.LastFailure);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a failure.</summary>
    public void OnFailure(string user, IPAddress address)
    {
        (string User, IPAddress Address) key = Key(user, address);
        lock (_gate)
        {
            Forget();
            int failures = 1;
            if (_entries.Remove(key, out LinkedListNode<Entry>? node))
            {
                failures = node.Value.Failures + 1;
                _byAge.Remove(node);
            }
            else if (_entries.Count >= _entryCountMax)
            {
                RemoveOldest();
            }

            _entries.Add(key, _byAge.AddLast(new Entry(key.User, key.Address, failures, _time.GetTimestamp())));
        }
    }

    /// <summary>Forgets the failures: the password was right.</summary>
    public void OnSuccess(string user, IPAddress address)
    {
        lock (_gate)
        {
            if (_entries.Remove(Key(user, address), out LinkedListNode<Entry>? node))
            {
                _byAge.Remove(node);
            }
        }
    }

    private static (string User, IPAddress Address) Key(string user, IPAddress address) => (user.Length > NameCharsMax ? user[..NameCharsMax] : user, PeerAddress.Of(address));

    private static TimeSpan DelayAfter(int failures) =>
        failures < FreeFailures ? TimeSpan.Zero : FirstDelay * (1 << Math.Min(failures - FreeFailures, DoublingsMax));

    private void Forget()
    {
        while (_byAge.First is { } oldest && _time.GetElapsedTime(oldest.Value.LastFailure) > ForgottenAfter)
        {
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        Entry oldest = _byAge.First!.Value;
        _byAge.RemoveFirst();
        _entries.Remove((oldest.User, oldest.Address));
    }

    private sealed record Entry(string User, IPAddress Address, int Failures, long LastFailure);
}
