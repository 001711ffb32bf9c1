namespace Ropeway.Core.Tracing;

/// <summary>Who publishes.</summary>
public interface ITraceSender
{
    /// <summary>The virtual host that it works in.</summary>
    string TracedHost { get; }

    /// <summary>Its name: a connection's, or what else tells it from others. Only asked for when a message is traced.</summary>
    string TracedName { get; }
}
