namespace Ropeway.Management.Views;

/// <summary>A runtime parameter in an export; the only ones are operator policies.</summary>
internal sealed record ParameterView(
    string Component,
    string Vhost,
    string Name,
    PolicyView Value);
