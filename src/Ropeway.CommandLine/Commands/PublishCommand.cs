using System.CommandLine;
using System.Text;
using Ropeway.CommandLine.Amqp;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway publish</c>: sends messages, each one answered when it is durable.</summary>
internal static class PublishCommand
{
    private const string DefaultExchange = "amq.default";
    private const string DelayHeader = "x-delay"; // What an exchange holds back because of it is returned as if it led nowhere.
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(5);

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
        Option<string?> amqp = AmqpTarget.CreateOption();
        return new ClientCommand(scope, "publish", "Publishes messages, and says when they are safe.", async (run, aborted) =>
        {
            (string target, string routingKey) = TargetOf(run.Get(exchange), run.Get(queue), run.Get(key));
            string[] headerTexts = run.Get(headers) ?? [];
            var message = new OutgoingMessage(
                Encoding.UTF8.GetBytes(target == DefaultExchange ? string.Empty : target),
                ShortText("--key", routingKey),
                OutgoingProperties.Read(run.Get(properties) ?? [], headerTexts, run.Get(transient)).ToArray(),
                [])
            {
                IsMandatory = !Array.Exists(headerTexts, header => header.StartsWith(DelayHeader, StringComparison.Ordinal)),
            };
            IAsyncEnumerable<byte[]> bodies = BodiesAsync(run, run.Get(body), run.Get(file), run.Get(lines), aborted);
            string place = PlaceOf(target, routingKey);
            return run.IsDryRun ? await ShowAsync(run, bodies, place, aborted).ConfigureAwait(false) : await PublishAsync(run, amqp, message, bodies, place, aborted).ConfigureAwait(false);
        })
        {
            Arguments = { body },
            Options = { exchange, queue, key, file, lines, headers, properties, transient, amqp },
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

    private static string PlaceOf(string exchange, string key) =>
        exchange == DefaultExchange ? $"queue {key}" : $"exchange {exchange}{(key.Length == 0 ? string.Empty : $" with key {key}")}";

    private static byte[] ShortText(string option, string text) =>
        Encoding.UTF8.GetBytes(text) is { Length: <= byte.MaxValue } bytes ? bytes : throw ClientException.Usage($"{option}: longer than {byte.MaxValue} bytes");

    private static async Task<int> ShowAsync(CommandRun run, IAsyncEnumerable<byte[]> bodies, string place, CancellationToken aborted)
    {
        await foreach (byte[] content in bodies.WithCancellation(aborted).ConfigureAwait(false))
        {
            run.Output.WriteLine(RawText.InLine($"would publish {Lookup.Count(content.Length, "byte")} to {place}"));
        }

        return ClientExitCode.Done;
    }

    private static async Task<int> PublishAsync(CommandRun run, Option<string?> amqp, OutgoingMessage message, IAsyncEnumerable<byte[]> bodies, string place, CancellationToken aborted)
    {
        AmqpLink link = await AmqpTarget.OpenAsync(run, amqp, aborted).ConfigureAwait(false);
        await using (link.ConfigureAwait(false))
        {
            var publisher = new MessagePublisher(link, run.Settings.Timeout, run.Surroundings.Time);
            try
            {
                await publisher.BeginAsync(aborted).ConfigureAwait(false);
                await foreach (byte[] content in bodies.WithCancellation(aborted).ConfigureAwait(false))
                {
                    await publisher.PublishAsync(message with { Body = content }, aborted).ConfigureAwait(false);
                }

                await publisher.CompleteAsync(aborted).ConfigureAwait(false);
            }
            catch (ClientException fault) when (publisher.ConfirmedCount - publisher.ReturnedCount is > 0 and var safe)
            {
                throw new ClientException(ClientExitCode.Partly, $"{Lookup.Count(safe, "message")} published, then: {fault.Message}", fault.Next, fault);
            }

            await link.CloseAsync(GoodbyeTimeout, run.Surroundings.Time).ConfigureAwait(false);
            return Report(run, publisher, place);
        }
    }

    private static int Report(CommandRun run, MessagePublisher publisher, string place)
    {
        long total = publisher.ConfirmedCount + publisher.RefusedCount;
        bool isAnySafe = publisher.ConfirmedCount > publisher.ReturnedCount;
        if (publisher.RefusedCount > 0)
        {
            throw new ClientException(
                isAnySafe ? ClientExitCode.Partly : ClientExitCode.Conflict,
                $"{Lookup.Count(publisher.RefusedCount, "message")} of {total} refused: a queue is full, or out of service (vhost {run.VirtualHost}, {place}).",
                "ropeway findings says what needs a look");
        }

        if (publisher.ReturnedCount > 0)
        {
            throw new ClientException(
                isAnySafe ? ClientExitCode.Partly : ClientExitCode.NotFound,
                $"{Lookup.Count(publisher.ReturnedCount, "message")} of {total} reached no queue: {place} leads nowhere (vhost {run.VirtualHost}).",
                "ropeway binding list shows what leads where");
        }

        run.Note($"Published {Lookup.Count(total, "message")} to {place}.");
        return ClientExitCode.Done;
    }
}
