using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Management;
using Ropeway.Management.Definitions;
using Ropeway.Management.Metrics;
using Ropeway.Protocols.Amqp091;
using Ropeway.Security;
using Ropeway.Storage;
using Ropeway.Telemetry;

namespace Ropeway.Server;

/// <summary>Puts the broker together: store, core and protocols. The only place that knows all of them.</summary>
internal static class Composition
{
    /// <summary>Opens the store in the data directory and makes the broker on it.</summary>
    /// <exception cref="StartupException">The data directory is locked, newer, damaged or unusable, or the definitions to import are refused.</exception>
    /// <exception cref="StoreFailedException">The disk failed after the store had been opened.</exception>
    public static IComposedBroker Compose(CompositionContext context)
    {
        ServerOptions options = context.Options;
        Store? store = null;
        try
        {
            store = Store.Open(new StoreOptions
            {
                Directory = Path.GetFullPath(options.DataDirectory),
                Time = context.Time,
                Scrub = new ScrubOptions { BytesPerSecond = options.ScrubBytesPerSecond, Interval = options.ScrubInterval },
                Logger = context.Loggers.CreateLogger("Ropeway.Storage"),
                OnFailed = context.OnStoreFailed,
                OnProgress = progress => context.OnRecovery(progress.DoneBytes, progress.TotalBytes),
            });
            using var password = new Secret(Encoding.UTF8.GetBytes(options.DefaultPassword ?? "guest"));
            var broker = new Broker(store, new BrokerOptions
            {
                FirstStart = FirstStartOf(options, password),
                Time = context.Time,
                Logger = context.Loggers.CreateLogger("Ropeway.Core"),
            });
            broker.Tracing.Share = options.TracingShare;
            if (options.DefinitionsFile is not null)
            {
                ImportDefinitions(broker, options.DefinitionsFile);
            }

            var limits = new ResourceLimits(options.MemoryHighWatermark.Of(SystemGauges.TotalMemoryBytes), options.DiskFreeLimitBytes);
            var gauges = new SystemGauges(Path.GetFullPath(options.DataDirectory), () => store.SpaceShortage);
            var monitor = new ResourceMonitor(broker.Admission, gauges, limits, context.Time, context.Loggers.CreateLogger("Ropeway.Core"));
            ManagementOptions management = ManagementOptionsOf(context) with { Gauges = gauges, Limits = limits };
            return new ComposedBroker(store, broker, monitor, new AmqpProtocol(broker, AmqpOptionsOf(options)), management)
            {
                Meter = new BrokerMeter(broker, management),
                Export = options.OtlpEndpoint is { } endpoint ? StartExport(endpoint, broker) : null,
            };
        }
        catch (Exception fault) when (fault is StartupException or StoreFailedException)
        {
            store?.Dispose();
            throw;
        }
        catch (StoreException fault)
        {
            store?.Dispose();
            throw new StartupException(ExitCodeOf(fault.Kind), fault.Message, fault);
        }
    }

    /// <summary>What a new data directory gets. Definitions bring their own users and virtual hosts: nobody wants guest beside them who has not asked for it.</summary>
    internal static FirstStart? FirstStartOf(ServerOptions options, Secret password) =>
        options is { DefinitionsFile: not null, DefaultUser: null, DefaultPassword: null, DefaultVirtualHost: null }
            ? null
            : new FirstStart(options.DefaultVirtualHost ?? "/", options.DefaultUser ?? "guest", password);

    /// <summary>Repeated at every start, so that nothing has to wait until it is durable.</summary>
    private static ManagementOptions ManagementOptionsOf(CompositionContext context) =>
        new() { Loggers = context.Loggers, LogTail = context.LogTail, ConnectionsMax = context.Descriptors.HttpConnectionsMax };

    private static void ImportDefinitions(Broker broker, string path)
    {
        try
        {
            DefinitionImport.Apply(broker, File.ReadAllBytes(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StartupException(ExitCode.Definitions, $"cannot import the definitions of {path}: {fault.Message}", fault);
        }
    }

    /// <summary>In a method of its own: nothing of OpenTelemetry is loaded unless it is called.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
#pragma warning disable CA1859 // A signature with the type would load what must not be loaded.
    private static IDisposable StartExport(Uri endpoint, Broker broker) => OtlpExport.Start(new OtlpTarget(endpoint, broker.NodeName, Broker.Version)
    {
        Meters = [BrokerMeter.Name],
        Sources = [MessageTracing.SourceName],
    });
#pragma warning restore CA1859

    private static AmqpOptions AmqpOptionsOf(ServerOptions options) => new()
    {
        FrameBytesMax = options.FrameBytesMax,
        ChannelMax = (ushort)options.ChannelMax,
        HeartbeatSeconds = (ushort)options.Heartbeat.TotalSeconds,
        MessageBytesMax = options.MessageBytesMax,
        HandshakeTimeoutMs = (int)options.HandshakeTimeout.TotalMilliseconds,
        CertificateLogin = options.TlsLoginFrom,
    };

    private static int ExitCodeOf(StoreFault fault) => fault switch
    {
        StoreFault.InUse => ExitCode.DataInUse,
        StoreFault.NewerVersion => ExitCode.DataNewer,
        StoreFault.Damaged => ExitCode.DataDamaged,
        _ => ExitCode.DataUnusable,
    };
}
