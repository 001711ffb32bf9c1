using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Commands;

/// <summary>Acts on many messages of a queue, and its pause: <c>queue move</c>, <c>copy</c>, <c>redrive</c>, <c>purge</c>, <c>pause</c>, <c>resume</c>.</summary>
internal static class QueueActCommands
{
    /// <summary>Makes the verbs.</summary>
    public static IEnumerable<Command> Create(CommandScope scope) =>
    [
        CreatePurge(scope),
        CreateMove(scope, "move", "Moves waiting messages to another queue, or to an exchange."),
        CreateMove(scope, "copy", "Copies waiting messages to another queue, or to an exchange."),
        CreateRedrive(scope),
        CreatePause(scope),
        CreateResume(scope),
    ];

    /// <summary>Purges a queue, as a job that can be taken back for ten minutes.</summary>
    public static async Task<int> PurgeAsync(CommandRun run, string name, bool isAsking, CancellationToken aborted)
    {
        JsonElement queue = await Lookup.GetAsync(run, "queue", "queues", name, aborted).ConfigureAwait(false);
        string messages = Lookup.Count(queue.Long("messages_ready"), "message");
        if (isAsking)
        {
            await Confirmation.AskAsync(run, $"Purge {messages} from {name} (vhost {run.VirtualHost}, {Lookup.Count(queue.Long("consumers"), "consumer")})", $"remove {messages}", name).ConfigureAwait(false);
        }

        return await new JobWatch(run).RunAsync(BodyOf(run, "purge", name, static _ => { }), isDetached: false, aborted).ConfigureAwait(false);
    }

    private static ClientCommand CreatePurge(CommandScope scope)
    {
        Argument<string> name = QueueArgument(scope);
        return new ClientCommand(scope, "purge", "Removes all messages that wait in a queue. Asks first; can be undone for ten minutes.", (run, aborted) => PurgeAsync(run, run.Get(name), isAsking: true, aborted))
        {
            Arguments = { name },
            Examples = ["ropeway queue purge orders --dry-run", "ropeway queue purge orders --yes", "ropeway queue purge orders --yes --quiet"],
        };
    }

    private static ClientCommand CreateMove(CommandScope scope, string verb, string description)
    {
        Argument<string> name = QueueArgument(scope);
        Option<string?> toQueue = NameCompletion.Option(scope, "--to", "The queue that gets them", "queues");
        Option<string?> toExchange = NameCompletion.Option(scope, "--to-exchange", "The exchange that gets them", "exchanges");
        var key = new Option<string?>("--key") { Description = "Routing key; by default each message's own", HelpName = "KEY" };
        MessageChoice choice = new();
        return new ClientCommand(scope, verb, description, (run, aborted) =>
        {
            if ((run.Get(toQueue) is null) == (run.Get(toExchange) is null))
            {
                throw ClientException.Usage("one of --to and --to-exchange is expected", $"ropeway queue {verb} orders --to archive");
            }

            byte[] body = BodyOf(run, verb, run.Get(name), writer =>
            {
                writer.WriteStartObject("target");
                writer.WriteString(run.Get(toQueue) is null ? "exchange" : "queue", run.Get(toQueue) ?? run.Get(toExchange));
                if (run.Get(key) is { } chosen)
                {
                    writer.WriteString("routing_key", chosen);
                }

                writer.WriteEndObject();
                choice.Write(run, writer);
            });
            return new JobWatch(run).RunAsync(body, run.Get(choice.Detach), aborted);
        })
        {
            Arguments = { name },
            Options = { toQueue, toExchange, key, choice.Filter, choice.Rate, choice.Detach },
            Examples = [$"ropeway queue {verb} orders --to invoices", $"ropeway queue {verb} orders --to invoices --filter 'key:order.*' --dry-run", $"ropeway queue {verb} orders --to-exchange events --key order.again --rate 200 --detach"],
        };
    }

    private static ClientCommand CreateRedrive(CommandScope scope)
    {
        Argument<string> name = QueueArgument(scope);
        MessageChoice choice = new();
        return new ClientCommand(scope, "redrive", "Sends dead letters back to the queues that they died in first.", (run, aborted) =>
            new JobWatch(run).RunAsync(BodyOf(run, "redrive", run.Get(name), writer => choice.Write(run, writer)), run.Get(choice.Detach), aborted))
        {
            Arguments = { name },
            Options = { choice.Filter, choice.Rate, choice.Detach },
            Examples = ["ropeway queue redrive invoices --dry-run", "ropeway queue redrive invoices --rate 200 --dry-run --json", "ropeway queue redrive invoices --detach"],
        };
    }

    private static ClientCommand CreatePause(CommandScope scope)
    {
        Argument<string> name = QueueArgument(scope);
        var reason = new Option<string>("--reason") { Description = "Why, for others", HelpName = "TEXT", DefaultValueFactory = static _ => string.Empty };
        return new ClientCommand(scope, "pause", "Stops deliveries to consumers, also over restarts; publishers go on.", async (run, aborted) =>
        {
            await ActAsync(run, run.Get(name), "pause", JsonWriting.Object(writer => writer.WriteString("reason", run.Get(reason))), aborted).ConfigureAwait(false);
            run.Done($"Paused queue {run.Get(name)} (vhost {run.VirtualHost}). Go on with: ropeway queue resume {run.Get(name)}");
            return ClientExitCode.Done;
        })
        {
            Arguments = { name },
            Options = { reason },
            Examples = ["ropeway queue pause orders --reason maintenance", "ropeway queue pause orders --dry-run", "ropeway queue pause orders --quiet"],
        };
    }

    private static ClientCommand CreateResume(CommandScope scope)
    {
        Argument<string> name = QueueArgument(scope);
        return new ClientCommand(scope, "resume", "Lets deliveries go on.", async (run, aborted) =>
        {
            await ActAsync(run, run.Get(name), "resume", body: null, aborted).ConfigureAwait(false);
            run.Done($"Resumed queue {run.Get(name)} (vhost {run.VirtualHost}).");
            return ClientExitCode.Done;
        })
        {
            Arguments = { name },
            Examples = ["ropeway queue resume orders", "ropeway queue resume orders --dry-run", "ropeway queue resume orders --quiet"],
        };
    }

    private static async Task ActAsync(CommandRun run, string name, string verb, byte[]? body, CancellationToken aborted)
    {
        try
        {
            await run.Broker.ChangeAsync(HttpMethod.Post, ApiPath.Of("ropeway", "queues", run.VirtualHost, name, verb), body, aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw await Lookup.MissingAsync(run, "queue", "queues", name, aborted).ConfigureAwait(false);
        }
    }

    private static byte[] BodyOf(CommandRun run, string kind, string queue, Action<Utf8JsonWriter> more) => JsonWriting.Object(writer =>
    {
        writer.WriteString("kind", kind);
        writer.WriteStartObject("source");
        writer.WriteString("vhost", run.VirtualHost);
        writer.WriteString("queue", queue);
        writer.WriteEndObject();
        writer.WriteBoolean("dry_run", run.IsDryRun);
        more(writer);
    });

    private static Argument<string> QueueArgument(CommandScope scope) => NameCompletion.Argument(scope, "queue", "The queue", "queues");
}
