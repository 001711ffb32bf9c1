using System.CommandLine;
using System.Text.Json;

namespace Ropeway.CommandLine.Commands;

/// <summary>The options that say which messages a job concerns, and how fast.</summary>
internal sealed class MessageChoice
{
    /// <summary>Which messages.</summary>
    public Option<string?> Filter { get; } = new("--filter") { Description = "Only messages that match, as in queue search", HelpName = "FILTER" };

    /// <summary>Messages a second.</summary>
    public Option<int?> Rate { get; } = new("--rate") { Description = "So many messages a second at most", HelpName = "COUNT" };

    /// <summary>Nobody waits.</summary>
    public Option<bool> Detach { get; } = new("--detach") { Description = "Write the job's id and do not wait for its end" };

    /// <summary>Writes what was chosen.</summary>
    public void Write(CommandRun run, Utf8JsonWriter writer)
    {
        if (run.Get(Filter) is { } filter)
        {
            writer.WriteString("filter", filter);
        }

        if (run.Get(Rate) is { } rate)
        {
            writer.WriteNumber("rate", rate);
        }
    }
}
