using System.Net;
using Microsoft.Extensions.Logging;

namespace Ropeway.Management.Logs;

/// <summary>The last acts of management, in memory; each is written to the log as well. Names only: no bodies, no passwords. Any thread.</summary>
internal sealed class AuditLog(TimeProvider time, ILogger logger)
{
    /// <summary>Acts kept; the oldest goes for each that comes. The same one after the other counts once.</summary>
    public const int CountMax = 1000;

    private const int TextCharsMax = 500;

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
        string result = refusal is null ? "done" : $"refused: {refusal}";
        var entry = new AuditEntry(time.GetUtcNow(), Shorten(user), address.ToString(), act, Shorten(target), Shorten(result), Count: 1);
        lock (_gate)
        {
            if (_entries.First?.Value is { } last && last with { Time = entry.Time, Count = 1 } == entry)
            {
                _entries.First.Value = entry with { Count = last.Count + 1 };
            }
            else
            {
                _entries.AddFirst(entry);
                if (_entries.Count > CountMax)
                {
                    _entries.RemoveLast();
                }
            }
        }

        ManagementLog.Acted(logger, entry.User, address, act, entry.Object, entry.Result);
    }

    private static string Shorten(string text) => text.Length > TextCharsMax ? text[..TextCharsMax] : text;
}
