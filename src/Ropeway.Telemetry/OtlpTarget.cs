namespace Ropeway.Telemetry;

/// <summary>What is sent where.</summary>
/// <param name="Endpoint">Of the collector: <c>http://host:4318</c> (HTTP) or <c>http://host:4317</c> (gRPC); no path of a signal.</param>
/// <param name="Instance">Tells this process from others (<c>service.instance.id</c>).</param>
/// <param name="Version">Of the service.</param>
public sealed record OtlpTarget(Uri Endpoint, string Instance, string Version)
{
    /// <summary>The meters that are sent.</summary>
    public required string[] Meters { get; init; }

    /// <summary>The sources of activities that are sent.</summary>
    public required string[] Sources { get; init; }
}
