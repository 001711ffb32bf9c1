using System.Text.Json;

namespace Ropeway.Management.Views;

/// <summary>A parameter of the broker as a whole.</summary>
internal sealed record GlobalParameterView(
    string Name,
    JsonElement Value);
