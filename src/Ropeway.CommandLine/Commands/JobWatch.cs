using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary>Begins a job of the broker and follows it: a bar on a terminal, a line now and then otherwise. Ctrl+C pauses the job.</summary>
internal sealed class JobWatch(CommandRun run)
{
    private const int BarCells = 28;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>The API's path of a job.</summary>
    public static string PathOf(string id) => ApiPath.Of("ropeway", "jobs", id);

    /// <summary>Begins a job.</summary>
    /// <param name="body">What it is to do.</param>
    /// <param name="isDetached">Whether nobody waits for its end.</param>
    /// <param name="aborted">Pauses it.</param>
    public async Task<int> RunAsync(byte[] body, bool isDetached, CancellationToken aborted)
    {
        JsonElement job = await run.Broker.ChangeAsync(HttpMethod.Post, "api/ropeway/jobs", body, aborted, isHarmless: run.IsDryRun).ConfigureAwait(false); // A dry run is the job's own.
        return isDetached ? WriteBegun(job) : await FollowAsync(job, aborted).ConfigureAwait(false);
    }

    /// <summary>Waits until a job has ended, or was paused by somebody else.</summary>
    public async Task<int> FollowAsync(JsonElement job, CancellationToken aborted)
    {
        string id = job.Text("id");
        long lastLine = run.Surroundings.Time.GetTimestamp();
        long begun = lastLine;
        bool hasBar = false;
        try
        {
            while (job.Text("state") == "running")
            {
                await Task.Delay(LookInterval, run.Surroundings.Time, aborted).ConfigureAwait(false);
                job = await run.Broker.GetAsync(PathOf(id), aborted).ConfigureAwait(false);
                bool isLate = run.Surroundings.Time.GetElapsedTime(begun) > 2 * LookInterval;
                if (run.Style.Form == OutputForm.Table && isLate)
                {
                    await run.Surroundings.Error.WriteAsync($"\r{Bar(job)}\e[K").ConfigureAwait(false);
                    hasBar = true;
                }
                else if (run.Style.Form != OutputForm.Table && run.Surroundings.Time.GetElapsedTime(lastLine) >= LineInterval)
                {
                    lastLine = run.Surroundings.Time.GetTimestamp();
                    run.Note($"{job.Text("kind")}: {Progress(job)}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            await run.Broker.ChangeAsync(HttpMethod.Post, PathOf(id) + "/pause", body: null, CancellationToken.None).ConfigureAwait(false);
            run.Note($"Paused. Go on with: ropeway job resume {id}");
            throw;
        }

        if (hasBar)
        {
            await run.Surroundings.Error.WriteAsync("\r\e[K").ConfigureAwait(false);
        }

        return WriteEnd(job);
    }

    private static string Progress(JsonElement job) => job.Text("total") is { Length: > 0 }
        ? $"{ValueText.Count(job.Long("done"))} of {Lookup.Count(job.Long("total"), "message")}"
        : Lookup.Count(job.Long("done"), "message");

    private static string Bar(JsonElement job)
    {
        long total = Math.Max(1, job.Long("total"));
        double share = Math.Clamp((double)job.Long("done") / total, 0, 1);
        int filled = (int)(share * BarCells);
        string percent = Math.Round(share * 100).ToString(CultureInfo.InvariantCulture);
        return $"{job.Text("kind")}  {new string('━', filled)}{new string('─', BarCells - filled)}  {percent} %  {Progress(job)}   (Ctrl+C pauses: job {job.Text("id")})";
    }

    private static string Describe(JsonElement job)
    {
        string verb = job.Text("kind") switch
        {
            "move" => "Moved",
            "copy" => "Copied",
            "delete" => "Deleted",
            "redrive" => "Re-drove",
            _ => "Purged",
        };
        JsonElement result = job.TryGetProperty("result", out JsonElement found) ? found : default;
        string targets = Counts(result, "targets", "to ");
        string left = Counts(result, "left", string.Empty);
        string counted = job.Text("dry_run") == "true" ? "Would have: " + verb.ToLowerInvariant() : verb;
        return $"{counted} {Lookup.Count(job.Long("done"), "message")}{(targets.Length == 0 ? string.Empty : $": {targets}")}{(left.Length == 0 ? string.Empty : $"; left: {left}")}.";
    }

    private static string Counts(JsonElement result, string name, string before) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out JsonElement counts) && counts.ValueKind == JsonValueKind.Object
            ? string.Join(", ", counts.EnumerateObject().Where(count => count.Value.GetInt64() > 0).Select(count => $"{ValueText.Count(count.Value.GetInt64())} {before}{count.Name}"))
            : string.Empty;

    private int WriteBegun(JsonElement job)
    {
        run.Output.WriteLine(job.Text("id"));
        return ClientExitCode.Done;
    }

    private int WriteEnd(JsonElement job)
    {
        if (run.Style.Form is OutputForm.Json or OutputForm.JsonLines)
        {
            run.Results.WriteDocument(job);
        }

        run.Note(Describe(job));
        if (job.Text("undo_until") is { Length: > 0 })
        {
            run.Note($"Undo within 10 min: ropeway job undo {job.Text("id")}");
        }

        return job.Text("state") switch
        {
            "failed" => throw new ClientException(ClientExitCode.Failed, $"the job failed: {job.Text("error")}"),
            "cancelled" => throw new ClientException(ClientExitCode.Partly, $"the job was cancelled after {Lookup.Count(job.Long("done"), "message")}"),
            "paused" => throw new ClientException(ClientExitCode.Partly, $"the job was paused after {Lookup.Count(job.Long("done"), "message")}", $"ropeway job resume {job.Text("id")}"),
            _ when job.Long("failed") > 0 && !run.IsDryRun => throw new ClientException(ClientExitCode.Partly, $"{Lookup.Count(job.Long("failed"), "message")} could not be taken along, and stayed"),
            _ => ClientExitCode.Done,
        };
    }
}
