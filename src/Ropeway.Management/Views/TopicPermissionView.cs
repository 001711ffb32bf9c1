namespace Ropeway.Management.Views;

/// <summary>Which routing keys of a topic exchange a user may use.</summary>
internal sealed record TopicPermissionView(
    string User,
    string Vhost,
    string Exchange,
    string Write,
    string Read);
