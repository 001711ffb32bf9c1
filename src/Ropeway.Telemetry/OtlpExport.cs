using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ropeway.Telemetry;

/// <summary>
/// Sends metrics and traces to a collector, on threads of its own, until it is disposed. A collector that is not there costs what was to be sent, nothing else.
/// OpenTelemetry's own environment variables (<c>OTEL_...</c>) say everything but where to.
/// </summary>
public sealed class OtlpExport : IDisposable
{
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const int FlushMs = 3_000;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(MeterProvider metrics, TracerProvider traces)
    {
        _metrics = metrics;
        _traces = traces;
    }

    /// <summary>Begins to send.</summary>
    public static OtlpExport Start(OtlpTarget target)
    {
        ResourceBuilder resource = ResourceBuilder.CreateEmpty()
            .AddService("ropeway", serviceVersion: target.Version, serviceInstanceId: target.Instance)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector(); // The last wins: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
        MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(target.Meters)
            .AddOtlpExporter(options => Direct(options, target.Endpoint, "METRICS", "v1/metrics"))
            .Build();
        TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(target.Sources)
            .AddOtlpExporter(options => Direct(options, target.Endpoint, "TRACES", "v1/traces"))
            .Build();
        return new OtlpExport(metrics, traces);
    }

    /// <summary>Sends what is left, for three seconds at most each, and ends.</summary>
    public void Dispose()
    {
        _traces.Shutdown(FlushMs);
        _metrics.Shutdown(FlushMs);
        _traces.Dispose();
        _metrics.Dispose();
    }

    /// <summary>The protocol is HTTP unless a variable says otherwise; a variable for one signal goes before our endpoint.</summary>
    private static void Direct(OtlpExporterOptions options, Uri endpoint, string signal, string path)
    {
        if (!IsSet(ProtocolVariable) && !IsSet($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"))
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        if (!IsSet($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"))
        {
            options.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}") : endpoint;
        }
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
