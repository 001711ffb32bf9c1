using System.Text;

namespace Ropeway.Storage.Tests.Journaling;

/// <summary>Remembers what a read of the shard's log gave.</summary>
internal sealed class RecordingReader(int countMax = int.MaxValue) : IShardReader
{
    public List<string> Texts { get; } = [];

    public List<ulong> Indexes { get; } = [];

    public bool OnBatch(in ShardBatch batch)
    {
        Texts.Add(Encoding.UTF8.GetString(batch.Payload));
        Indexes.Add(batch.Index);
        return Texts.Count < countMax;
    }
}
