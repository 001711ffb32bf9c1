using System.Text.Json;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Findings;
using Ropeway.Management.Views;

namespace Ropeway.Management.Live;

/// <summary>
/// What topics say at this moment. What several pages follow is made once a look, so that the cost is what is watched and not who watches. Any thread.
/// </summary>
internal sealed class TopicValues(Broker broker, OverviewFigures overview, QueueRows rows, FindingBoard findings)
{
    /// <summary>Most findings that a page is told of; the overview counts all.</summary>
    private const int FindingCountMax = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<Queue, JsonElement> _rows = [];
    private readonly Dictionary<(string User, string Topic), JsonElement> _ofUsers = [];

    /// <summary>Another look has been taken: all is made anew.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            _rows.Clear();
            _ofUsers.Clear();
        }
    }

    /// <summary>The overview that a user sees.</summary>
    public JsonElement Overview(Viewer viewer) =>
        OfUser(viewer, Topic.Overview, () => JsonSerializer.SerializeToElement(overview.Of(viewer), LiveJson.Default.LiveOverviewView));

    /// <summary>The findings that a user sees.</summary>
    public JsonElement Findings(Viewer viewer) => OfUser(
        viewer,
        Topic.Findings,
        () => JsonSerializer.SerializeToElement(findings.For(viewer).Take(FindingCountMax).Select(FindingView.Of), ViewJson.Default.IEnumerableFindingView));

    /// <summary>A queue's row; null when it is not there or the user does not see it.</summary>
    public JsonElement? Row(Viewer viewer, string host, string name)
    {
        if (!viewer.Sees(host) || !broker.VirtualHosts.TryGet(host, out VirtualHost? found) || !found.TryGetQueue(name, out Queue? queue))
        {
            return null;
        }

        lock (_gate)
        {
            if (!_rows.TryGetValue(queue, out JsonElement row))
            {
                row = JsonSerializer.SerializeToElement(rows.Of(queue), LiveJson.Default.QueueRowView);
                _rows.Add(queue, row);
            }

            return row;
        }
    }

    private JsonElement OfUser(Viewer viewer, string topic, Func<JsonElement> make)
    {
        lock (_gate)
        {
            if (!_ofUsers.TryGetValue((viewer.User.Name, topic), out JsonElement value))
            {
                value = make();
                _ofUsers.Add((viewer.User.Name, topic), value);
            }

            return value;
        }
    }
}
