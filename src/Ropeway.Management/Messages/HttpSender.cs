using Ropeway.Core.Tracing;

namespace Ropeway.Management.Messages;

/// <summary>Who publishes over HTTP.</summary>
internal sealed record HttpSender(string TracedHost, string TracedName) : ITraceSender;
