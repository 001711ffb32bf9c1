using System.Text;

namespace Ropeway.Storage.Tests.Stores;

public sealed class MetadataTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_PutsAndDeletes_SurviveARestart(bool isCheckpointed)
    {
        using StoreRig rig = new();
        MetadataBatch batch = new();
        batch.Put("a"u8, "1"u8);
        batch.Put("b"u8, "2"u8);
        rig.Commit(rig.Store.Metadata.Apply(batch));
        if (isCheckpointed)
        {
            rig.Store.Checkpoint();
        }

        batch.Clear();
        batch.Put("b"u8, "3"u8);
        batch.Put("c"u8, ""u8);
        batch.Delete("a"u8);
        batch.Delete("nothing"u8);
        rig.Commit(rig.Store.Metadata.Apply(batch));
        Assert.Equal(["b=3", "c="], Text(rig));
        rig.ReopenAfterKill();
        Assert.Equal(["b=3", "c="], Text(rig));
        rig.ReopenCleanly();
        Assert.Equal(["b=3", "c="], Text(rig));
    }

    [Fact]
    public void AllocateLogId_AfterDeleteAndRestarts_NeverGivesOneAgain()
    {
        using StoreRig rig = new();
        HashSet<ulong> seen = [];
        for (int round = 0; round < 6; round++)
        {
            StoredLog log = rig.CreateLog();
            Assert.True(seen.Add(log.Id));
            MetadataBatch batch = new();
            batch.DeleteLog(log.Id);
            rig.Commit(rig.Store.Metadata.Apply(batch));
            if (round % 2 == 0)
            {
                rig.ReopenAfterKill();
            }
            else
            {
                rig.Store.Checkpoint();
                rig.ReopenCleanly();
            }
        }
    }

    [Fact]
    public void Put_MoreThanABatchHolds_IsRefused()
    {
        MetadataBatch batch = new();
        batch.Put("k"u8, new byte[MetadataBatch.BytesMax - 100]);
        Assert.Throws<InvalidOperationException>(() => batch.Put("k"u8, new byte[200]));
    }

    [Fact]
    public void Open_DirectoryInUse_IsRefused()
    {
        string directory = Directory.CreateTempSubdirectory("ropeway-store-").FullName;
        try
        {
            StoreOptions options = new() { Directory = directory, TailBlockBytes = 64 * 1024, JournalFileBytes = 256 * 1024 };
            using (Store store = Store.Open(options))
            {
                StoreException refused = Assert.Throws<StoreException>(() => Store.Open(options));
                Assert.Equal(StoreFault.InUse, refused.Kind);
            }

            using Store again = Store.Open(options);
            Assert.Empty(again.Logs);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<string> Text(StoreRig rig) => rig.Store.Metadata.Snapshot()
        .Select(entry => $"{Encoding.UTF8.GetString(entry.Key)}={Encoding.UTF8.GetString(entry.Value)}")
        .Order(StringComparer.Ordinal);
}
