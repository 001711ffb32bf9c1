using BenchmarkDotNet.Attributes;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Benchmarks;

/// <summary>Finding the one queue that a headers exchange sends a message to: each binding is compared.</summary>
[MemoryDiagnoser]
public class HeadersRoutingBenchmarks : IDisposable
{
    private readonly byte[] _headers = FieldTableCodec.ToArray(new FieldTable { ["device"] = 7, ["kind"] = "state", ["area"] = "north" });
    private RoutingRig? _rig;
    private Exchange? _exchange;

    /// <summary>Bindings of the exchange, each of another queue with other values.</summary>
    [Params(10, 100)]
    public int BindingCount { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _rig = new RoutingRig(BindingCount);
        _exchange = _rig.Exchange("amq.headers");
        for (int i = 0; i < BindingCount; i++)
        {
            _rig.Bind(_exchange, i, string.Empty, new FieldTable { ["x-match"] = "all", ["device"] = i, ["kind"] = "state" });
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _rig?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Headers() => _rig!.Route(_exchange!, _headers);
}
