using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>Keeps nothing: what is changed in a rehearsal counts in memory only.</summary>
internal sealed class RehearsalMetadata : IMetadataStore
{
    private ulong _lastId;

    /// <inheritdoc/>
    public ulong AllocateLogId() => ++_lastId;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Snapshot() => [];

    /// <inheritdoc/>
    public ulong Apply(MetadataBatch batch) => 0;
}
