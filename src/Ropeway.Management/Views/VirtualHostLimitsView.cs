using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>The limits of a virtual host that has any.</summary>
internal sealed record VirtualHostLimitsView(
    string Vhost,
    FieldTable Value);
