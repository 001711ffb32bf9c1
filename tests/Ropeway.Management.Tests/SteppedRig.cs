using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Topology;
using Ropeway.Management.Logs;
using Ropeway.Messages;
using Ropeway.Security.Tls;

namespace Ropeway.Management.Tests;

/// <summary>A <see cref="ManagementRig"/> whose clock moves only when it is told to.</summary>
public sealed class SteppedRig : ManagementRig
{
    private LogTail? _log;
    private LoggerFactory? _loggers;

    public SteppedRig()
        : this(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)))
    {
    }

    private SteppedRig(FakeTimeProvider time)
        : base(time) => Time = time;

    public FakeTimeProvider Time { get; }

    /// <summary>The last lines of the log.</summary>
    internal LogTail Log => _log ??= new LogTail(Time);

    /// <summary>Certificates of the listener for AMQP.</summary>
    internal List<TlsCertificate> Certificates { get; } = [];

    /// <summary>What the server measures; of 1,000 bytes of disk and memory each.</summary>
    internal FakeGauges Gauges { get; } = new();

    /// <summary>Lets seconds pass, one by one.</summary>
    public void Tick(int seconds = 1)
    {
        for (int i = 0; i < seconds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Declares a queue in the default virtual host.</summary>
    internal Queue Declare(string name, FieldTable? arguments = null)
    {
        Broker.VirtualHosts.TryGet("/", out VirtualHost? host);
        return host!.DeclareQueue(new QueueSettings(name, Durable: true, Exclusive: false, AutoDelete: false, arguments, Owner: null)).Queue;
    }

    /// <summary>Publishes messages to a queue, one by one.</summary>
    public async Task PublishAsync(string queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(200, await StatusAsync("POST", "/api/exchanges/%2F/amq.default/publish", $$"""{"routing_key":"{{queue}}","payload":"x","payload_encoding":"string","properties":{ } }"""));
        }
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _loggers?.Dispose();
    }

    protected override ManagementOptions Configure(ManagementOptions options) => options with
    {
        Gauges = Gauges,
        LogTail = Log,
        Loggers = _loggers ??= new LoggerFactory([Log]),
        Limits = new ResourceLimits(UsedMemoryBytesMax: 1000, FreeDiskBytesMin: 10),
        Listeners = [.. options.Listeners, new ListeningAddress("amqps", new IPEndPoint(IPAddress.Loopback, 5671)) { Certificates = () => Certificates }],
    };
}
