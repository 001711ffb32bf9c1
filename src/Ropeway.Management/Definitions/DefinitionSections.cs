namespace Ropeway.Management.Definitions;

/// <summary>The arrays of a document of definitions that are read, in the order in which they are brought in: an entry needs only what comes before it.</summary>
internal static class DefinitionSections
{
    private static readonly string[] OfBroker = ["users", "vhosts", "permissions", "topic_permissions", "global_parameters"];
    private static readonly string[] OfHost = ["parameters", "policies", "exchanges", "queues", "bindings"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. OfBroker, .. OfHost];

    /// <summary>
    /// All of them, in the order in which entries are deleted: an entry before what it needs, but queues first, because a queue that has got a message meanwhile stays, and its bindings with it.
    /// </summary>
    public static IReadOnlyList<string> Deleting { get; } = ["queues", .. All.Reverse().Where(section => section != "queues")];

    /// <summary>Those that an import reads.</summary>
    /// <param name="onlyHost">The virtual host that it is for, without users and what else is beside virtual hosts; null when it is for all.</param>
    public static IReadOnlyList<string> Of(string? onlyHost) => onlyHost is null ? All : OfHost;
}
