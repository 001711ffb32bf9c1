using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway publish</c>: sends messages, each one answered when it is durable.</summary>
internal static class PublishCommand
{
    private const string DefaultExchange = "amq.default";
    private static readonly string[] Numbers = ["delivery_mode", "priority", "timestamp"];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        var body = new Argument<string?>("body") { Description = "The body; without it, and without --file, standard input is read", DefaultValueFactory = static _ => null };
        Option<string?> exchange = NameCompletion.Option(scope, "--exchange", "The exchange", "exchanges", ["-e"]);
        Option<string?> queue = NameCompletion.Option(scope, "--queue", "A queue: through the default exchange", "queues");
        var key = new Option<string?>("--key", "-k") { Description = "The routing key", HelpName = "KEY" };
        var file = new Option<string?>("--file") { Description = "The body is this file's content", HelpName = "FILE" };
        var lines = new Option<bool>("--lines") { Description = "Each line of the input is a message" };
        var headers = new Option<string[]>("--set-header", "-H") { Description = "A header, as name=value, or name:=JSON; may be repeated", HelpName = "NAME=VALUE" };
        var properties = new Option<string[]>("--property") { Description = "A property, such as content_type=text/plain; may be repeated", HelpName = "NAME=VALUE" };
        var transient = new Option<bool>("--transient") { Description = "The message may be lost when the broker stops" };
        return new ClientCommand(scope, "publish", "Publishes messages, and says when they are safe.", async (run, aborted) =>
        {
            (string target, string routingKey) = TargetOf(run.Get(exchange), run.Get(queue), run.Get(key));
            byte[] settings = JsonWriting.Object(writer => WriteProperties(writer, run.Get(properties) ?? [], run.Get(headers) ?? [], run.Get(transient)));
            var place = new PublishTarget(ApiPath.Of("exchanges", run.VirtualHost, target, "publish"), routingKey, settings);
            long routed = 0;
            long total = 0;
            await foreach (byte[] content in BodiesAsync(run, run.Get(body), run.Get(file), run.Get(lines), aborted).ConfigureAwait(false))
            {
                JsonElement answer = await SendAsync(run, place, content, total, aborted).ConfigureAwait(false);
                routed += answer.Text("routed") == "true" ? 1 : 0;
                total++;
            }

            return run.IsDryRun ? ClientExitCode.Done : Report(run, routed, total, target, routingKey);
        })
        {
            Arguments = { body },
            Options = { exchange, queue, key, file, lines, headers, properties, transient },
            Examples =
            [
                "ropeway publish --queue orders '{\"id\":1}'",
                "ropeway publish --exchange events --key order.new --set-header source=shop --property content_type=text/plain hello",
                "ropeway publish --queue orders --lines",
            ],
        }.WithGlobals(scope);
    }

    private static (string Exchange, string Key) TargetOf(string? exchange, string? queue, string? key) => (exchange, queue) switch
    {
        ({ Length: > 0 }, null) => (exchange, key ?? string.Empty),
        (null, not null) when key is null => (DefaultExchange, queue),
        (null, not null) => throw ClientException.Usage("--key: a queue is its own key; --exchange takes one"),
        _ => throw ClientException.Usage("one of --exchange and --queue is expected", "ropeway publish --queue orders hello"),
    };

    private static void WriteProperties(Utf8JsonWriter writer, string[] properties, string[] headers, bool isTransient)
    {
        foreach (string property in properties)
        {
            int at = property.IndexOf('=', StringComparison.Ordinal);
            string name = at > 0 ? property[..at].Replace('-', '_') : throw ClientException.Usage($"--property: bad value '{property}': name=value is expected");
            if (Numbers.Contains(name, StringComparer.Ordinal))
            {
                writer.WriteNumber(name, long.TryParse(property[(at + 1)..], out long number) ? number : throw ClientException.Usage($"--property: bad value '{property}': a whole number is expected"));
            }
            else
            {
                writer.WriteString(name, property[(at + 1)..]);
            }
        }

        if (!properties.Any(property => property.StartsWith("delivery", StringComparison.Ordinal)))
        {
            writer.WriteNumber("delivery_mode", isTransient ? 1 : 2);
        }

        if (headers.Length > 0)
        {
            JsonWriting.WriteTable(writer, "headers", headers);
        }
    }

    private static async IAsyncEnumerable<byte[]> BodiesAsync(
        CommandRun run, string? body, string? file, bool isByLine, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken aborted)
    {
        if (isByLine)
        {
            if (body is not null)
            {
                throw ClientException.Usage("--lines: the messages come from --file or standard input, not from an argument");
            }

            using TextReader reader = file is null ? new StreamReader(run.Surroundings.InputStream()) : Opened(file, static path => new StreamReader(path));
            while (await reader.ReadLineAsync(aborted).ConfigureAwait(false) is { } line)
            {
                yield return Encoding.UTF8.GetBytes(line);
            }
        }
        else if (body is not null)
        {
            yield return Encoding.UTF8.GetBytes(body);
        }
        else if (file is not null)
        {
            yield return Opened(file, File.ReadAllBytes);
        }
        else
        {
            using var bytes = new MemoryStream();
            await run.Surroundings.InputStream().CopyToAsync(bytes, aborted).ConfigureAwait(false);
            yield return bytes.ToArray();
        }
    }

    private static T Opened<T>(string path, Func<string, T> open)
    {
        try
        {
            return open(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ClientExitCode.Usage, $"--file: {fault.Message}", next: null, fault);
        }
    }

    private static async Task<JsonElement> SendAsync(CommandRun run, PublishTarget target, byte[] content, long sentCount, CancellationToken aborted)
    {
        bool isText = Utf8.IsValid(content);
        byte[] body = JsonWriting.Object(writer =>
        {
            writer.WritePropertyName("properties");
            writer.WriteRawValue(target.Properties);
            writer.WriteString("routing_key", target.RoutingKey);
            writer.WriteString("payload", isText ? Encoding.UTF8.GetString(content) : Convert.ToBase64String(content));
            writer.WriteString("payload_encoding", isText ? "string" : "base64");
        });
        try
        {
            return await run.Broker.ChangeAsync(HttpMethod.Post, target.Path, body, aborted).ConfigureAwait(false);
        }
        catch (ApiFault fault)
        {
            bool isMissing = fault.Message.StartsWith("404 ", StringComparison.Ordinal);
            int code = sentCount > 0 ? ClientExitCode.Partly : isMissing ? ClientExitCode.NotFound : fault.ToClientException().ExitCode;
            throw new ClientException(code, $"{Lookup.Count(sentCount, "message")} published, then: {fault.Message}", next: null, fault);
        }
    }

    private static int Report(CommandRun run, long routed, long total, string exchange, string key)
    {
        string where = exchange == DefaultExchange ? $"queue {key}" : $"exchange {exchange}{(key.Length == 0 ? string.Empty : $" with key {key}")}";
        if (routed == total)
        {
            run.Note($"Published {Lookup.Count(total, "message")} to {where}.");
            return ClientExitCode.Done;
        }

        throw new ClientException(
            routed == 0 ? ClientExitCode.NotFound : ClientExitCode.Partly,
            $"{Lookup.Count(total - routed, "message")} of {total} reached no queue: {where} leads nowhere (vhost {run.VirtualHost}).",
            "ropeway binding list shows what leads where");
    }
}
