using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Ropeway.Management.Http;

namespace Ropeway.Management.Messages;

/// <summary>How many searches through messages each user has under way. Any thread.</summary>
internal sealed class ScanSlots
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Begins a search; ends when the result is disposed.</summary>
    /// <exception cref="ApiException">The user has too many.</exception>
    public IDisposable Take(string user)
    {
        if (_counts.AddOrUpdate(user, 1, (_, count) => count + 1) > ManagementLimits.ScansPerUserMax)
        {
            Leave(user);
            throw new ApiException(StatusCodes.Status429TooManyRequests, "too_many_scans", $"user '{user}' has {ManagementLimits.ScansPerUserMax} searches under way; wait until one has ended");
        }

        return new Slot(this, user);
    }

    private void Leave(string user)
    {
        if (_counts.AddOrUpdate(user, 0, (_, count) => count - 1) == 0)
        {
            _counts.TryRemove(new KeyValuePair<string, int>(user, 0));
        }
    }

    private sealed class Slot(ScanSlots slots, string user) : IDisposable
    {
        public void Dispose() => slots.Leave(user);
    }
}
