namespace Ropeway.Management.Views;

/// <summary>A queue's name.</summary>
internal sealed record QueueNameView(
    string Name,
    string Vhost);
