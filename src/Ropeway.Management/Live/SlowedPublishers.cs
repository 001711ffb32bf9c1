using Ropeway.Core;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Live;

/// <summary>Follows why publishers have to wait, in the whole broker and in single virtual hosts, and since when. Looked at by one; any thread may ask.</summary>
internal sealed class SlowedPublishers(Broker broker)
{
    private IReadOnlyList<Slowing> _now = []; // Replaced, never changed.

    /// <summary>What holds at this moment.</summary>
    public IReadOnlyList<Slowing> Now => Volatile.Read(ref _now);

    /// <summary>Looks.</summary>
    public void Look()
    {
        var next = new List<Slowing>();
        if ((broker.Admission.Reason ?? broker.Durability.CongestionReason) is { } reason)
        {
            next.Add(Since(null, reason));
        }

        foreach (VirtualHost host in broker.VirtualHosts.All)
        {
            if (host.Admission.Reason is { } own)
            {
                next.Add(Since(host.Name, own));
            }
        }

        Volatile.Write(ref _now, next);
    }

    private Slowing Since(string? host, string reason) =>
        _now.FirstOrDefault(slowing => slowing.VirtualHost == host && slowing.Reason == reason) ?? new Slowing(host, reason, broker.Time.GetUtcNow());
}
