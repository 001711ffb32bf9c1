using System.Net;
using Microsoft.Extensions.Logging;

namespace Ropeway.Management.Logs;

/// <summary>
/// The last acts of management, in memory; each is written to the log as well. Reading messages counts as one, and of the same reading again within a minute only how much is added up: pages and scripts ask often, and must
/// not push all else out. Names only: no bodies, no passwords. Any thread.
/// </summary>
internal sealed class AuditLog(TimeProvider time, ILogger logger)
{
    /// <summary>Acts kept; the oldest goes for each that comes. The same one after the other counts once.</summary>
    public const int CountMax = 1000;

    /// <summary>Refused sign-ins among them; the oldest of these goes for one more: who guesses passwords pushes out no other acts.</summary>
    public const int RefusedSignInCountMax = 100;

    /// <summary>What signing in is called.</summary>
    public const string SignIn = "sign in";

    private const int TextCharsMax = 500;
    private const string Reading = "read messages";
    private const string NotLetIn = "not let in";

    private static readonly TimeSpan ReadingSpan = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<AuditEntry> _entries = new(); // The newest is the first.

    /// <summary>The newest acts, the newest first.</summary>
    public IReadOnlyList<AuditEntry> Last(int count)
    {
        lock (_gate)
        {
            return [.. _entries.Take(count)];
        }
    }

    /// <summary>Notes an act.</summary>
    /// <param name="user">Who.</param>
    /// <param name="address">From where.</param>
    /// <param name="act">What was done.</param>
    /// <param name="target">To what; empty for the broker.</param>
    /// <param name="refusal">Why it was not done; null when it was.</param>
    public void Add(string user, IPAddress address, string act, string target, string? refusal)
    {
        AuditEntry entry = EntryOf(user, address, act, target, refusal);
        lock (_gate)
        {
            if (_entries.First?.Value is { } last && IsSame(last, entry))
            {
                _entries.First.Value = entry with { Count = last.Count + 1, Since = last.Since };
            }
            else
            {
                Keep(entry);
            }
        }

        ManagementLog.Acted(logger, entry.User, address, act, entry.Object, entry.Result);
    }

    /// <summary>Notes that somebody was not let in.</summary>
    /// <param name="user">The name that was given, whose it may not be.</param>
    /// <param name="address">From where.</param>
    public void AddRefusedSignIn(string user, IPAddress address)
    {
        lock (_gate)
        {
            if (_entries.Count(IsRefusedSignIn) >= RefusedSignInCountMax)
            {
                _entries.Remove(_entries.Last(IsRefusedSignIn));
            }
        }

        Add(user, address, SignIn, string.Empty, NotLetIn);
    }

    /// <summary>Notes that somebody looked at messages: within a minute once for each user, address, queue and result.</summary>
    /// <param name="user">Who.</param>
    /// <param name="address">From where.</param>
    /// <param name="queue">In which queue, with its virtual host.</param>
    /// <param name="shownCount">How many messages were shown.</param>
    /// <param name="refusal">Why none were; null when it was permitted.</param>
    public void AddReading(string user, IPAddress address, string queue, int shownCount, string? refusal)
    {
        AuditEntry entry = EntryOf(user, address, Reading, queue, refusal) with { Messages = shownCount };
        lock (_gate)
        {
            if (FindReading(entry) is { } known)
            {
                _entries.Remove(known);
                _entries.AddFirst(entry with { Count = known.Value.Count + 1, Since = known.Value.Since, Messages = known.Value.Messages + shownCount });
                return;
            }

            Keep(entry);
        }

        ManagementLog.Acted(logger, entry.User, address, Reading, entry.Object, entry.Result);
    }

    private static bool IsRefusedSignIn(AuditEntry entry) => entry.Act == SignIn && entry.Result == $"refused: {NotLetIn}";

    private static bool IsSame(AuditEntry known, AuditEntry entry) =>
        known with { Time = entry.Time, Since = entry.Since, Count = entry.Count, Messages = entry.Messages } == entry;

    private AuditEntry EntryOf(string user, IPAddress address, string act, string target, string? refusal) =>
        new(time.GetUtcNow(), Shorten(user), address.ToString(), act, Shorten(target), Shorten(refusal is null ? "done" : $"refused: {refusal}"), Count: 1);

    private LinkedListNode<AuditEntry>? FindReading(AuditEntry entry)
    {
        LinkedListNode<AuditEntry>? node = _entries.First;
        while (node is not null && node.Value.Time > entry.Time - ReadingSpan && !(node.Value.Since > entry.Time - ReadingSpan && IsSame(node.Value, entry)))
        {
            node = node.Next;
        }

        return node?.Value.Time > entry.Time - ReadingSpan ? node : null;
    }

    private void Keep(AuditEntry entry)
    {
        _entries.AddFirst(entry);
        if (_entries.Count > CountMax)
        {
            _entries.RemoveLast();
        }
    }

    private static string Shorten(string text) => text.Length > TextCharsMax ? text[..TextCharsMax] : text;
}
