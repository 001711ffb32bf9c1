using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Management.Samples;
using Ropeway.Management.Sessions;

namespace Ropeway.Management.Live;

/// <summary>What the HTTP server of one broker keeps between requests. Made and disposed by the <see cref="ManagementHost"/>; any thread.</summary>
internal sealed class LiveState(Broker broker, Sampler sampler, ManagementOptions options)
{
    /// <summary>The broker.</summary>
    public Broker Broker => broker;

    /// <summary>Knows rates.</summary>
    public Sampler Sampler => sampler;

    /// <summary>Settings.</summary>
    public ManagementOptions Options => options;

    /// <summary>Where management logs to.</summary>
    public ILogger Logger { get; } = options.Loggers.CreateLogger("Ropeway.Management");

    /// <summary>Who has signed in.</summary>
    public SessionTable Sessions { get; } = new(broker);
}
