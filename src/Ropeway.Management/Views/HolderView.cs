namespace Ropeway.Management.Views;

/// <summary>Who has a message and did not settle it.</summary>
internal sealed record HolderView(string Connection, int Channel, string? ConsumerTag, DateTimeOffset? Since);
