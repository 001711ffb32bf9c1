using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Topology;

/// <summary>
/// One real store for all tests that need logs but not their own data directory. It lies beside the test assembly and is replaced
/// by the next run: a test host does not live long enough to clean up behind itself.
/// </summary>
internal static class SharedStore
{
    private static readonly Lazy<Store> Opened = new(Open);

    public static Store Store => Opened.Value;

    public static StoreLogs Logs { get; } = new(Opened.Value, TimeProvider.System, new Deadlines(TimeProvider.System), () => 0, NullLogger.Instance);

    private static Store Open()
    {
        string directory = Path.Combine(AppContext.BaseDirectory, "shared-store");
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        return Store.Open(new StoreOptions { Directory = directory, JournalFileBytes = 8 * 1024 * 1024 });
    }
}
