using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway version</c>: of this program, and of a broker where one is asked.</summary>
internal static class VersionCommand
{
    private static readonly Column[] Columns = [new("version", "version"), new("broker", "broker"), new("node", "node")];

    /// <summary>Version of this program.</summary>
    public static string Current => typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        var broker = new Option<bool>("--broker") { Description = "Ask the broker for its version, too" };
        return new ClientCommand(scope, "version", "Shows the version of this program, and of the broker with --broker.", async (run, aborted) =>
        {
            JsonElement overview = run.Get(broker) ? await run.Broker.GetAsync("api/overview", aborted).ConfigureAwait(false) : default;
            var row = JsonElement.Parse(JsonWriting.Object(writer =>
            {
                writer.WriteString("version", Current);
                if (overview.ValueKind == JsonValueKind.Object)
                {
                    writer.WriteString("broker", overview.Text("product_version"));
                    writer.WriteString("node", overview.Text("node"));
                }
            }));
            return run.WriteDetail(row, overview.ValueKind == JsonValueKind.Object ? Columns : [Columns[0]]);
        })
        {
            Options = { broker },
            Examples = ["ropeway version", "ropeway version --broker", "ropeway version --json"],
        }.WithGlobals(scope);
    }
}
