using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway health</c>: the broker's checks.</summary>
internal static class HealthCommand
{
    private static readonly string[] Checks = ["is-in-service", "ready-to-serve-clients", "virtual-hosts", "alarms", "storage"];

    private static readonly Column[] Columns =
    [
        new("check", "check"),
        new("status", "status"),
        new("reason", "reason", ColumnKind.Name),
    ];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope) => new ClientCommand(scope, "health", "Runs the broker's checks; exit code 8 when one fails.", async (run, aborted) =>
    {
        var rows = new List<JsonElement>();
        foreach (string check in Checks)
        {
            rows.Add(await CheckAsync(run, check, aborted).ConfigureAwait(false));
        }

        run.Write(new Listing(Columns, rows), "checks");
        return rows.Exists(row => row.Text("status") == "failed") ? ClientExitCode.Found : ClientExitCode.Done;
    })
    {
        CanWatch = true,
        Examples = ["ropeway health", "ropeway health --where status=failed", "ropeway health --json --timeout 2s"],
    }.WithGlobals(scope);

    private static async Task<JsonElement> CheckAsync(CommandRun run, string check, CancellationToken aborted)
    {
        (int status, JsonElement document) = (0, default);
        string? refusal = null;
        try
        {
            (status, document) = await run.Broker.CheckAsync(ApiPath.Of("health", "checks", check), aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (check == "storage")
        {
            refusal = fault.Message; // For who may monitor; who signs in with a wrong password has failed at the first check.
        }

        return JsonElement.Parse(JsonWriting.Object(writer =>
        {
            writer.WriteString("check", check);
            writer.WriteString("status", refusal is not null ? "unknown" : status == 200 ? "ok" : "failed");
            writer.WriteString("reason", refusal ?? ReasonOf(document));
        }));
    }

    private static string ReasonOf(JsonElement document) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty("damages", out JsonElement damages) && damages.GetArrayLength() > 0
            ? $"{Lookup.Count(damages.GetArrayLength(), "damaged place")}: {string.Join(", ", damages.Rows().Select(damage => damage.Text("file")).Distinct(StringComparer.Ordinal))}"
            : document.Text("reason");
}
