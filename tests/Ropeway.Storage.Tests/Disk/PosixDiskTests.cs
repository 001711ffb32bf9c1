using System.Runtime.Versioning;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Journaling;

namespace Ropeway.Storage.Tests.Disk;

[SupportedOSPlatform("linux")]
public sealed class PosixDiskTests
{
    [Fact]
    public void File_WrittenAtPositions_ReadsBackAndIsPrivate()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("a");
        using (IDiskFile file = PosixDisk.Instance.Create(path))
        {
            file.Allocate(8192);
            file.Write("hello"u8, 5000);
            file.DataSync();
            file.Sync();
            var bytes = new byte[10];
            Assert.Equal(10, file.Read(bytes, 4998));
            Assert.Equal("\0\0hello\0\0\0"u8, bytes);
            Assert.Equal(2, file.Read(bytes, 8190));
            Assert.Equal(8192, file.Bytes);
            file.Truncate(100);
            Assert.Equal(100, file.Bytes);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        PosixDisk.Instance.CreateDirectory(directory.File("d"));
        PosixDisk.Instance.CreateDirectory(directory.File("d"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory.File("d")));
    }

    [Fact]
    public void Failures_NameCallPathAndError()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("missing");

        IOException open = Assert.Throws<IOException>(() => PosixDisk.Instance.Open(path, writable: false));
        IOException rename = Assert.Throws<IOException>(() => PosixDisk.Instance.Rename(path, path + "2"));
        PosixDisk.Instance.Create(path).Dispose();
        IOException create = Assert.Throws<IOException>(() => PosixDisk.Instance.Create(path));
        using IDiskFile readOnly = PosixDisk.Instance.Open(path, writable: false);
        IOException write = Assert.Throws<IOException>(() => readOnly.Write("x"u8, 0));

        Assert.Equal(Errno.NoEntry, open.HResult);
        Assert.Equal($"open of '{path}' failed: No such file or directory (error 2).", open.Message);
        Assert.StartsWith("rename of", rename.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.Exists, create.HResult);
        Assert.Contains("pwrite", write.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DataSync_OfSomethingThatCannotBeSynced_Throws()
    {
        using IDiskFile zero = PosixDisk.Instance.Open("/dev/zero", writable: false);

        Assert.Throws<IOException>(zero.DataSync); // EINVAL: the framework's own flush would have hidden it.
    }

    [Fact]
    public void Allocate_MoreThanTheDiskHas_IsAShortage()
    {
        // In memory, where it is refused at once: a real disk is filled before it refuses, under everybody who writes to it meanwhile.
        string path = $"/dev/shm/ropeway-{Guid.NewGuid():N}";
        using IDiskFile file = PosixDisk.Instance.Create(path);
        File.Delete(path);

        IOException failure = Assert.Throws<IOException>(() => file.Allocate(1L << 43));

        Assert.True(Errno.IsShortage(failure), failure.Message);
    }

    [Fact]
    public void DirectoryLock_TakenTwice_IsInUseUntilGivenBack()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("lock");
        using (DirectoryLock.Take(path))
        {
            StoreException refusal = Assert.Throws<StoreException>(() => DirectoryLock.Take(path));
            Assert.Equal(StoreFault.InUse, refusal.Kind);
            Assert.Contains(directory.Path, refusal.Message, StringComparison.Ordinal);
        }

        DirectoryLock.Take(path).Dispose();
        Assert.Equal(StoreFault.Io, Assert.Throws<StoreException>(() => DirectoryLock.Take(directory.File("no/lock"))).Kind);
    }

    [Fact]
    public void WriteThrough_BesideOrdinaryWrites_IsReadBack()
    {
        const int Page = PosixDisk.PageBytes;
        using var directory = new TemporaryDirectory();
        using IDiskFile file = PosixDisk.Instance.Create(directory.File("a"));
        NativeBlock pages = NativeBlock.Allocate(2 * Page);
        pages.Span.Fill(1);
        var expected = new byte[4 * Page];
        file.Allocate(expected.Length);
        for (int round = 0; round < 3; round++)
        {
            file.Write([7, 8, 9], Page - 1); // Straddles a page that is then written through, and leaves it in the page cache.
            pages.Span[5] = (byte)round;
            file.WriteThrough(pages.Span, Page);
        }

        pages.Span.CopyTo(expected.AsSpan(Page));
        expected[Page - 1] = 7;
        var found = new byte[expected.Length];
        Assert.Equal(found.Length, file.Read(found, 0));
        Assert.Equal(expected, found);
        pages.Release();
    }

    [Fact]
    public void Journal_OnTheRealFileSystem_CommitsRecyclesAndRecovers()
    {
        using var directory = new TemporaryDirectory();
        var scan = new JournalScanOptions { Directory = directory.Path, FileBytes = 64 * 1024 };
        var options = new JournalOptions
        {
            Blocks = new NativeBlockPool(16 * 1024, keptCountMax: 8),
            Disk = PosixDisk.Instance,
            Directory = directory.Path,
            FileBytes = scan.FileBytes,
            BudgetBytes = 64 * 1024,
            Files = 4,
        };
        var expected = new List<string>();
        for (int run = 0; run < 3; run++)
        {
            var found = new RecordingVisitor();
            using Journal journal = Journal.Start(options, JournalScanner.Scan(PosixDisk.Instance, scan, found));
            Assert.Equal(expected, found.Texts);
            for (int i = 0; i < 40; i++)
            {
                string text = $"run {run} message {i} {new string('x', 500)}";
                expected.Add(text);
                var waiter = new RecordingWaiter();
                ulong index = ((IShardLog)journal).Append(new ShardBatch { Type = BatchType.Messages, Epoch = journal.Epoch, Count = 1, Payload = System.Text.Encoding.UTF8.GetBytes(text) });
                if (i % 10 == 0 && journal.OnCommitted(index, waiter))
                {
                    waiter.Wait();
                }
            }
        }

        Assert.All(Directory.GetFiles(directory.Path), path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }
}
