using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Benchmarks;

/// <summary>A store with a broker on it, in a temporary directory that goes with it. The benchmark's thread owns it.</summary>
internal sealed class ScratchStore : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-bench-").FullName;
    private readonly Broker _broker;

    public ScratchStore()
    {
        Store = Store.Open(new StoreOptions { Directory = _directory });
        using var password = new Secret("guest"u8);
        _broker = new Broker(Store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password) });
    }

    public Store Store { get; }

    public VirtualHost Host => _broker.VirtualHosts.All.Single();

    public void Dispose()
    {
        _broker.Dispose();
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
