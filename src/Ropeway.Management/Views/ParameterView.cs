using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A runtime parameter in an export; operator policies and limits of virtual hosts.</summary>
internal sealed record ParameterView(
    string Component,
    string Vhost,
    string Name,
    FieldTable Value);
