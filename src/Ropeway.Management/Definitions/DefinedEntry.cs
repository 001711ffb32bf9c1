using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ropeway.Management.Definitions;

/// <summary>A definition as it was when it was read. Immutable.</summary>
/// <param name="Key">Which one.</param>
/// <param name="View">What an export says of it.</param>
/// <param name="Type">How that becomes JSON.</param>
internal sealed record DefinedEntry(DefinitionKey Key, object View, JsonTypeInfo Type)
{
    /// <summary>The entry of an export, as UTF-8. Of a user it has the password's hash.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(View, Type);
}
