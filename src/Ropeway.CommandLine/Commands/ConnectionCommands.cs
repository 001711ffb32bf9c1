using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway connection</c>, <c>ropeway channel</c> and <c>ropeway consumer</c>.</summary>
internal static class ConnectionCommands
{
    private static readonly Column[] Columns =
    [
        new("connection", "name", ColumnKind.Name),
        new("client", "client_properties.connection_name", ColumnKind.Name),
        new("user", "user", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("protocol", "protocol"),
        new("channels", "channels", ColumnKind.Count),
        new("state", "state"),
        new("reason", "blocked_reason", ColumnKind.Name),
        new("product", "client_properties.product") { IsExtra = true },
        new("tls", "ssl") { IsExtra = true },
        new("tls-version", "ssl_protocol") { IsExtra = true },
        new("tls-cipher", "ssl_cipher") { IsExtra = true },
        new("certificate", "peer_cert_subject") { IsExtra = true },
        new("received", "recv_oct", ColumnKind.Bytes) { IsExtra = true },
        new("sent", "send_oct", ColumnKind.Bytes) { IsExtra = true },
        new("waiting", "send_pend", ColumnKind.Bytes) { IsExtra = true },
        new("since", "connected_at", ColumnKind.UnixMs) { IsExtra = true },
    ];

    private static readonly Column[] ChannelColumns =
    [
        new("channel", "name", ColumnKind.Name),
        new("user", "user", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("consumers", "consumer_count", ColumnKind.Count),
        new("prefetch", "prefetch_count", ColumnKind.Count),
        new("held", "messages_unacknowledged", ColumnKind.Count),
        new("confirm", "confirm"),
        new("unconfirmed", "messages_unconfirmed", ColumnKind.Count) { IsExtra = true },
        new("transactional", "transactional") { IsExtra = true },
        new("state", "state"),
    ];

    private static readonly Column[] ConsumerColumns =
    [
        new("queue", "queue.name", ColumnKind.Name),
        new("consumer", "consumer_tag", ColumnKind.Name),
        new("channel", "channel_details.name", ColumnKind.Name),
        new("user", "channel_details.user", ColumnKind.Name),
        new("prefetch", "prefetch_count", ColumnKind.Count),
        new("ack", "ack_required"),
        new("state", "activity_status"),
        new("exclusive", "exclusive") { IsExtra = true },
        new("arguments", "arguments") { IsExtra = true },
    ];

    /// <summary>Makes <c>connection</c>.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "connection", "connections", "Connections: who is there.")
    {
        new ClientCommand(scope, "list", "Lists open connections.", ListAsync)
        {
            CanWatch = true,
            AlsoCalled = ["ls"],
            Examples = ["ropeway connection list", "ropeway connection list --where state=blocked", "ropeway connection list --columns name,user,since --sort since"],
        },
        CreateShow(scope),
        CreateClose(scope),
    };

    /// <summary>Makes <c>channel</c>.</summary>
    public static Command CreateChannel(CommandScope scope) => new NounCommand(scope, "channel", "channels", "Channels of connections.")
    {
        new ClientCommand(scope, "list", "Lists open channels.", ListChannelsAsync)
        {
            CanWatch = true,
            AlsoCalled = ["ls"],
            Examples = ["ropeway channel list", "ropeway channel list --sort -held --limit 10", "ropeway channel list --where 'consumers>0' --csv"],
        },
    };

    /// <summary>Makes <c>consumer</c>.</summary>
    public static Command CreateConsumer(CommandScope scope) => new NounCommand(scope, "consumer", "consumers", "Consumers: who takes messages of which queue.")
    {
        new ClientCommand(scope, "list", "Lists the consumers of a virtual host.", ListConsumersAsync)
        {
            CanWatch = true,
            AlsoCalled = ["ls"],
            Examples = ["ropeway consumer list", "ropeway consumer list --where queue=orders", "ropeway consumer list --columns queue,channel,state --csv"],
        },
    };

    /// <summary>Lists the consumers of a virtual host.</summary>
    public static async Task<int> ListConsumersAsync(CommandRun run, CancellationToken aborted) =>
        run.Write(new Listing(ConsumerColumns, (await run.Broker.GetAsync(ApiPath.Of("consumers", run.VirtualHost), aborted).ConfigureAwait(false)).Rows()), "consumers");

    /// <summary>Lists channels.</summary>
    public static async Task<int> ListChannelsAsync(CommandRun run, CancellationToken aborted) =>
        run.Write(new Listing(ChannelColumns, (await run.Broker.GetAsync("api/channels", aborted).ConfigureAwait(false)).Rows()), "channels");

    /// <summary>Lists connections.</summary>
    public static async Task<int> ListAsync(CommandRun run, CancellationToken aborted) =>
        run.Write(new Listing(Columns, (await run.Broker.GetAsync("api/connections", aborted).ConfigureAwait(false)).Rows()), "connections");

    private static ClientCommand CreateShow(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "show", "Shows one connection.", async (run, aborted) =>
        {
            try
            {
                return run.WriteDetail(await run.Broker.GetAsync(ApiPath.Of("connections", run.Get(name)), aborted).ConfigureAwait(false), [.. Columns.Select(column => column with { IsExtra = false })]);
            }
            catch (ApiFault fault) when (fault.Status == 404)
            {
                throw await MissingAsync(run, run.Get(name), aborted).ConfigureAwait(false);
            }
        })
        {
            Arguments = { name },
            CanWatch = true,
            AlsoCalled = ["get"],
            Examples = ["ropeway connection show CONNECTION", "ropeway connection show CONNECTION --json", "ropeway connection show CONNECTION --columns user,state"],
        };
    }

    private static ClientCommand CreateClose(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        var reason = new Option<string?>("--reason") { Description = "What the client is told", HelpName = "TEXT" };
        return new ClientCommand(scope, "close", "Closes a connection. A client that reconnects is back at once.", async (run, aborted) =>
        {
            try
            {
                await run.Broker.CloseConnectionAsync(run.Get(name), run.Get(reason), aborted).ConfigureAwait(false);
            }
            catch (ApiFault fault) when (fault.Status == 404)
            {
                throw await MissingAsync(run, run.Get(name), aborted).ConfigureAwait(false);
            }

            run.Done($"Closed connection {run.Get(name)}.");
            return ClientExitCode.Done;
        })
        {
            Arguments = { name },
            Options = { reason },
            AlsoCalled = ["delete"],
            Examples = ["ropeway connection close CONNECTION", "ropeway connection close CONNECTION --reason maintenance", "ropeway connection close CONNECTION --dry-run"],
        };
    }

    private static async Task<ClientException> MissingAsync(CommandRun run, string name, CancellationToken aborted) =>
        Lookup.Missing("connection", name, string.Empty, await Lookup.NamesAsync(run, "api/connections", aborted).ConfigureAwait(false));

    private static Argument<string> NameArgument(CommandScope scope) => NameCompletion.Argument(scope, "connection", "Its name, as the list shows it", "connections", isInVirtualHost: false);
}
