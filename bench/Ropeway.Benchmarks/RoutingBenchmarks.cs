using BenchmarkDotNet.Attributes;
using Ropeway.Core.Routing;

namespace Ropeway.Benchmarks;

/// <summary>Finding the one queue that an exchange sends a message to, among many, with keys in random order. It does not touch more of the queue than its header.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks : IDisposable
{
    private RoutingRig? _rig;
    private Exchange? _direct;
    private Exchange? _literal;
    private Exchange? _pattern;

    /// <summary>Bindings of each exchange, each of another queue with another key or pattern.</summary>
    [Params(10, 10_000, 100_000)]
    public int BindingCount { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _rig = new RoutingRig(BindingCount);
        _direct = _rig.Exchange("amq.direct");
        _literal = _rig.DeclareTopic("literal");
        _pattern = _rig.DeclareTopic("pattern");
        for (int i = 0; i < BindingCount; i++)
        {
            _rig.Bind(_direct, i, $"area.{i % 317}.device{i}.state");
            _rig.Bind(_literal, i, $"area.{i % 317}.device{i}.state");
            _rig.Bind(_pattern, i, $"area.{i % 317}.device{i}.*");
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _rig?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int Direct() => _rig!.Route(_direct!);

    [Benchmark]
    public int TopicWithoutWildcards() => _rig!.Route(_literal!);

    [Benchmark]
    public int TopicWithWildcards() => _rig!.Route(_pattern!);
}
