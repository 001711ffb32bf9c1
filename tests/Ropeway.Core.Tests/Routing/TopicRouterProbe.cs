using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Topology;

namespace Ropeway.Core.Tests.Routing;

/// <summary>A topic exchange with queues behind it.</summary>
internal sealed class TopicRouterProbe
{
    private readonly TestHost _test = new();
    private readonly RouteResult _result = new();
    private readonly Exchange _exchange;

    public TopicRouterProbe() => _exchange = _test.Host.GetExchange("amq.topic");

    public void Add(string pattern, string queue)
    {
        _test.Queue(queue);
        _test.Bind("amq.topic", queue, pattern);
    }

    public void RemoveAll()
    {
        foreach (Queue queue in _test.Host.ListQueues())
        {
            _test.Host.DeleteQueue(queue.Name, owner: null, ifUnused: false, ifEmpty: false);
        }
    }

    public string[] Route(string key)
    {
        _result.Clear();
        Route(Encoding.UTF8.GetBytes(key), _result);
        return [.. _result.Queues.ToArray().Select(queue => queue.Name)];
    }

    public void Route(ReadOnlySpan<byte> key, RouteResult result) => _exchange.Route(new RouteRequest(key), result);
}
