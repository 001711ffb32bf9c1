using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway route explain</c>: where a message would go, and why.</summary>
internal static class RouteCommands
{
    private static readonly Column[] Columns =
    [
        new("exchange", "exchange", ColumnKind.Name) { Derive = static row => row.Text("exchange") is { Length: > 0 } name ? name : "(default)" },
        new("key", "binding.routing_key", ColumnKind.Name),
        new("destination", "destination", ColumnKind.Name),
        new("kind", "destination_type"),
        new("matched", "matched"),
        new("why", "why"),
        new("type", "type") { IsExtra = true },
        new("arguments", "binding.arguments") { IsExtra = true },
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope)
    {
        Argument<string> exchange = NameCompletion.Argument(scope, "exchange", "Where the message would be published; amq.default for the default exchange", "exchanges");
        var key = new Argument<string>("key") { Description = "Its routing key", DefaultValueFactory = static _ => string.Empty };
        var headers = new Option<string[]>("--set-header", "-H") { Description = "A header, as name=value, or name:=JSON; may be repeated", HelpName = "NAME=VALUE" };
        var publisher = new Option<string?>("--as-user") { Description = "Who would publish it: rights count, too", HelpName = "NAME" };
        return new NounCommand(scope, "route", "routes", "Routing: where messages would go.")
        {
            new ClientCommand(scope, "explain", "Says which queues would get a message, and why; exit code 8 when none would.", async (run, aborted) =>
            {
                byte[] question = JsonWriting.Object(writer =>
                {
                    writer.WriteString("vhost", run.VirtualHost);
                    writer.WriteString("exchange", run.Get(exchange));
                    writer.WriteString("routing_key", run.Get(key));
                    JsonWriting.WriteTable(writer, "headers", run.Get(headers) ?? []);
                    if (run.Get(publisher) is { } user)
                    {
                        writer.WriteString("user", user);
                    }
                });
                JsonElement answer = await AskAsync(run, run.Get(exchange), question, aborted).ConfigureAwait(false);
                return Write(run, answer);
            })
            {
                Arguments = { exchange, key },
                Options = { headers, publisher },
                Examples = ["ropeway route explain events order.new", "ropeway route explain amq.default orders --json", "ropeway route explain events invoice.paid -H kind=invoice --as-user guest"],
            },
        };
    }

    private static async Task<JsonElement> AskAsync(CommandRun run, string exchange, byte[] question, CancellationToken aborted)
    {
        try
        {
            return await run.Broker.ChangeAsync(HttpMethod.Post, "api/ropeway/routing/explain", question, aborted, isHarmless: true).ConfigureAwait(false);
        }
        catch (ApiFault fault) when (fault.Status == 404)
        {
            throw await Lookup.MissingAsync(run, "exchange", "exchanges", exchange, aborted).ConfigureAwait(false);
        }
    }

    private static int Write(CommandRun run, JsonElement answer)
    {
        string[] queues = [.. answer.GetProperty("queues").Rows().Select(RawText.Of)];
        string refused = answer.Text("refused");
        if (run.Style.Form is OutputForm.Json or OutputForm.JsonLines)
        {
            run.Results.WriteDocument(answer);
        }
        else
        {
            run.Write(new Listing(Columns, answer.GetProperty("steps").Rows()), "bindings looked at");
            run.Note(queues.Length == 0 ? "No queue gets it." : $"To {string.Join(", ", queues)}.");
            TellMore(run, answer, refused);
        }

        return queues.Length == 0 || refused.Length > 0 ? ClientExitCode.Found : ClientExitCode.Done;
    }

    private static void TellMore(CommandRun run, JsonElement answer, string refused)
    {
        if (answer.Long("more_steps") is > 0 and long more)
        {
            run.Note($"{Lookup.Count(more, "binding")} more were looked at.");
        }

        if (answer.Text("held_until") is { Length: > 0 } until)
        {
            run.Note($"Held back by {answer.Text("held_by")} until {until}.");
        }

        if (refused.Length > 0)
        {
            run.Note($"But it would be refused: {refused}");
        }
    }
}
