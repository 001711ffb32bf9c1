using System.Security.Cryptography;

namespace Ropeway.Management.Definitions;

/// <summary>What an import has done with one definition: what it takes to take it back. Immutable.</summary>
/// <param name="Key">Which one.</param>
/// <param name="Former">What an export said of it before; null when it was not there.</param>
/// <param name="MadeDigest">The digest of what an export said of it afterwards; null when it was gone.</param>
internal sealed record ImportChange(DefinitionKey Key, byte[]? Former, byte[]? MadeDigest)
{
    private const int ObjectBytes = 400; // Of the objects around texts and arrays.

    /// <summary>How much memory it takes, in bytes, as an estimate.</summary>
    public long Bytes => ObjectBytes + (Former?.Length ?? 0) + (2L * (Key.Label.Length + (Key.Vhost?.Length ?? 0) + (Key.Part?.Length ?? 0) + (Key.Arguments?.Length ?? 0)));

    /// <summary>Compares what there was and what there is now.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="before">Null when it was not there.</param>
    /// <param name="after">Null when it is not there.</param>
    /// <returns>Null when it is the same.</returns>
    public static ImportChange? Between(DefinitionKey key, DefinedEntry? before, DefinedEntry? after)
    {
        byte[]? former = before?.ToJson();
        byte[]? made = after?.ToJson();
        bool isSame = former is null ? made is null : made is not null && former.AsSpan().SequenceEqual(made);
        return isSame ? null : new ImportChange(key, former, made is null ? null : SHA256.HashData(made));
    }

    /// <summary>Whether a definition is what the import has made of it.</summary>
    /// <param name="now">The definition; null when it is not there.</param>
    public bool IsAsMade(DefinedEntry? now) => now is null ? MadeDigest is null : MadeDigest is not null && SHA256.HashData(now.ToJson()).AsSpan().SequenceEqual(MadeDigest);
}
