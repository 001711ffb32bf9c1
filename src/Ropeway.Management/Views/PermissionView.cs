namespace Ropeway.Management.Views;

/// <summary>What a user may do in a virtual host.</summary>
internal sealed record PermissionView(
    string User,
    string Vhost,
    string Configure,
    string Write,
    string Read);
