using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Amqp;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary>
/// Where a command that speaks AMQP connects to: where <c>--amqp</c> says, else where the broker says over HTTP, else, for users that may not ask over HTTP, at AMQP's usual port of the same host.
/// </summary>
internal static class AmqpTarget
{
    /// <summary>Makes the option.</summary>
    public static Option<string?> CreateOption() =>
        new("--amqp") { Description = "The broker's AMQP address; without it the HTTP address is asked for it", HelpName = "ADDRESS" };

    /// <summary>Connects.</summary>
    /// <param name="run">The run.</param>
    /// <param name="option">From <see cref="CreateOption"/>.</param>
    /// <param name="aborted">Ends the wait.</param>
    public static async Task<AmqpLink> OpenAsync(CommandRun run, Option<string?> option, CancellationToken aborted)
    {
        AmqpAddress address = run.Get(option) is { } text ? AmqpAddress.Parse(text) : await FindAsync(run, aborted).ConfigureAwait(false);
        string name = $"ropeway {run.Parsed.CommandResult.Command.Name}";
        return await AmqpLink.OpenAsync(address, run.Settings, run.Password, name, run.Surroundings.Time, aborted).ConfigureAwait(false);
    }

    private static async Task<AmqpAddress> FindAsync(CommandRun run, CancellationToken aborted)
    {
        bool isTls = run.Settings.Url.Scheme == "https"; // Who hides the password in one protocol will in the other.
        string host = run.Settings.Url.Host.Trim('[', ']');
        try
        {
            JsonElement overview = await run.Broker.GetAsync("api/overview", aborted).ConfigureAwait(false);
            JsonElement[] listeners = overview.TryGetProperty("listeners", out JsonElement all) ? all.Rows() : [];
            string wanted = isTls ? "amqps" : "amqp";
            return listeners.FirstOrDefault(entry => entry.Text("protocol") == wanted) is { ValueKind: JsonValueKind.Object } found
                ? new AmqpAddress(host, (int)found.Long("port"), isTls)
                : throw new ClientException(ClientExitCode.Unreachable, $"the broker names no {wanted} listener", "--amqp names its address");
        }
        catch (ApiFault fault) when (fault.Status is 401 or 403)
        {
            return AmqpAddress.Usual(host, isTls); // The user has no tag for the HTTP API, or the password is wrong, which AMQP tells as well.
        }
    }
}
