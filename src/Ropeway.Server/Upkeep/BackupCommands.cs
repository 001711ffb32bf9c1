using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.Storage;

namespace Ropeway.Server.Upkeep;

/// <summary>The commands <c>backup</c>, which asks a running broker over HTTP, and <c>restore</c>, which needs none.</summary>
internal static class BackupCommands
{
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(10); // It begins with a checkpoint.

    private static readonly Column[] Columns =
    [
        new("file", "file", ColumnKind.Name),
        new("created", "created", ColumnKind.Time),
        new("files", "files", ColumnKind.Count),
        new("bytes", "bytes", ColumnKind.Bytes),
        new("index", "index", ColumnKind.Number),
    ];

    /// <summary>Makes <c>backup</c>.</summary>
    public static Command CreateBackup(CommandScope scope)
    {
        var target = new Argument<string>("file") { Description = "Where the backup goes; must not be there yet" };
        return new ClientCommand(
            scope,
            "backup",
            "Backs up a running broker into one file: everything confirmed before it began, at one moment of its history. Needs the tag administrator.",
            (run, aborted) => BackUpAsync(run, run.Get(target), aborted))
        {
            Arguments = { target },
            Examples = ["ropeway backup night.backup", "ropeway backup night.backup --context prod", "ropeway backup night.backup --user keeper --password-file keeper.pw --json"],
        }.WithGlobals(scope);
    }

    /// <summary>Makes <c>restore</c>.</summary>
    public static Command CreateRestore()
    {
        var source = new Argument<string>("file") { Description = "The backup" };
        var directory = new Argument<string>("directory") { Description = "The data directory to make; must not be there yet, or be empty" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of text" };
        var command = new Command("restore", "Makes a data directory from a backup, and tests every checksum of both.") { source, directory, json };
        command.SetAction(parsed => Restore(parsed.InvocationConfiguration.Output, parsed.GetValue(json), parsed.GetValue(source)!, parsed.GetValue(directory)!));
        return command;
    }

    private static async Task<int> BackUpAsync(CommandRun run, string path, CancellationToken aborted)
    {
        path = Path.GetFullPath(path);
        if (run.IsDryRun)
        {
            run.Output.WriteLine($"would write a backup of {run.Settings.Url} to {path}");
            return ExitCode.Clean;
        }

        if (File.Exists(path))
        {
            throw Failure(new StoreException(StoreFault.Io, $"{path} is there already.")); // Before the broker begins: it makes one backup at a time.
        }

        try
        {
            Stream archive = await run.Broker.OpenAsync("api/backup", "application/x-tar", aborted, run.TimeoutOr(UsualTimeout)).ConfigureAwait(false);
            await using (archive.ConfigureAwait(false))
            {
                BackupSummary summary = await BackupFile.WriteAsync(archive, path, aborted).ConfigureAwait(false);
                return Write(run, path, summary);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or HttpIOException)
        {
            throw new ClientException(ClientExitCode.Unreachable, $"the broker ended in the middle of the backup: {fault.Message}", next: null, fault);
        }
        catch (StoreException fault)
        {
            throw Failure(fault);
        }
    }

    private static int Write(CommandRun run, string path, BackupSummary summary)
    {
        if (!run.IsForPrograms)
        {
            run.Output.WriteLine($"{path}: {Describe(summary)}");
            return ExitCode.Clean;
        }

        return run.WriteDetail(
            JsonElement.Parse(JsonWriting.Object(writer =>
            {
                writer.WriteString("file", path);
                writer.WriteString("created", summary.Created.UtcDateTime);
                writer.WriteNumber("files", summary.FileCount);
                writer.WriteNumber("bytes", summary.Bytes);
                writer.WriteNumber("index", summary.Index);
            })),
            Columns);
    }

    private static int Restore(TextWriter output, bool isJson, string path, string directory)
    {
        try
        {
            using FileStream source = File.OpenRead(path);
            BackupSummary summary = StoreRestore.Run(source, new StoreOptions { Directory = directory }, out StoreReport report);
            var view = DirectoryView.Of(report);
            if (isJson)
            {
                var restored = new RestoreView(Path.GetFullPath(path), summary.Created.UtcDateTime, summary.FileCount, summary.Bytes, summary.Index, view);
                output.WriteLine(JsonSerializer.Serialize(restored, UpkeepJson.Default.RestoreView));
            }
            else
            {
                output.WriteLine($"{Path.GetFullPath(path)}: {Describe(summary)}");
                UpkeepText.Write(output, view);
            }

            return view.IsWhole ? ExitCode.Clean : ExitCode.DataDamaged;
        }
        catch (StoreException fault)
        {
            throw Failure(fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.DataUnusable, fault.Message, fault);
        }
    }

    private static string Describe(BackupSummary summary) => string.Create(
        CultureInfo.InvariantCulture, $"backup of {summary.Created.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {summary.FileCount} files, {summary.Bytes:N0} bytes, up to index {summary.Index}; every checksum is right");

    private static StartupException Failure(StoreException fault) =>
        new(fault.Kind == StoreFault.Damaged ? ExitCode.DataDamaged : ExitCode.DataUnusable, fault.Message, fault);
}
