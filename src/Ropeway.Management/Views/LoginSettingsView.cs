namespace Ropeway.Management.Views;

/// <summary>How the user interface is to log in: with name and password, never by UAA.</summary>
internal sealed record LoginSettingsView(
    bool EnableUaa,
    string UaaClientId,
    string UaaLocation);
