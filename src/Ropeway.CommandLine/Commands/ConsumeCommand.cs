using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Ropeway.CommandLine.Amqp;
using Ropeway.CommandLine.Output;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway consume</c>: takes messages out of a queue. A message is acknowledged only after it was written.</summary>
internal static class ConsumeCommand
{
    private const ushort Prefetch = 200;
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(5);
    private static readonly JsonWriterOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        Argument<string> queue = NameCompletion.Argument(scope, "queue", "The queue", "queues");
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for more, until Ctrl+C" };
        var count = new Option<int?>("--count", "-n") { Description = "So many messages at most", HelpName = "COUNT" };
        var offset = new Option<string?>("--offset") { Description = "Where to begin in a stream: first, last, next, or a number; with --follow", HelpName = "OFFSET" };
        var raw = new Option<bool>("--raw") { Description = "Bodies only, with nothing between them" };
        Option<string?> amqp = AmqpTarget.CreateOption();
        return new ClientCommand(scope, "consume", "Takes messages out of a queue, writes them, and then acknowledges them.", async (run, aborted) =>
        {
            AmqpLink link = await AmqpTarget.OpenAsync(run, amqp, aborted).ConfigureAwait(false);
            await using (link.ConfigureAwait(false))
            {
                var wanted = new Consumption(run.Get(queue), run.Get(count) ?? long.MaxValue, run.Get(raw), run.Get(offset));
                try
                {
                    await (run.Get(follow) ? FollowAsync(run, link, wanted, aborted) : DrainAsync(run, link, wanted, aborted)).ConfigureAwait(false);
                }
                finally
                {
                    await link.CloseAsync(GoodbyeTimeout, run.Surroundings.Time).ConfigureAwait(false); // What was not acknowledged is back in the queue when this ends, however it ends.
                }
            }

            return ClientExitCode.Done;
        })
        {
            Arguments = { queue },
            Options = { follow, count, offset, raw, amqp },
            Examples =
            [
                "ropeway consume orders",
                "ropeway consume orders --count 1 --jsonl",
                "ropeway consume invoices --follow --count 1",
            ],
        }.WithGlobals(scope);
    }

    private static async Task DrainAsync(CommandRun run, AmqpLink link, Consumption wanted, CancellationToken aborted)
    {
        byte[] queue = Encoding.UTF8.GetBytes(wanted.Queue);
        var reader = new MessageReader(link);
        for (long taken = 0; taken < wanted.CountMax; taken++)
        {
            await link.SendAsync(new BasicGet { Queue = queue }, aborted).ConfigureAwait(false);
            if (await reader.ReadAsync(aborted).ConfigureAwait(false) is not { } message)
            {
                return;
            }

            Write(run, message, wanted.IsRaw);
            await AcknowledgeAsync(run, link, message.Tag).ConfigureAwait(false);
        }
    }

    private static async Task FollowAsync(CommandRun run, AmqpLink link, Consumption wanted, CancellationToken aborted)
    {
        await link.SendAsync(new BasicQos { PrefetchCount = (ushort)Math.Min(wanted.CountMax, Prefetch) }, aborted).ConfigureAwait(false);
        await link.ExpectAsync(MethodId.BasicQosOk, aborted).ConfigureAwait(false);
        await link.SendAsync(new BasicConsume { Queue = Encoding.UTF8.GetBytes(wanted.Queue), Arguments = FieldTableCodec.ToArray(wanted.Arguments) }, aborted).ConfigureAwait(false);
        await link.ExpectAsync(MethodId.BasicConsumeOk, aborted).ConfigureAwait(false);
        var reader = new MessageReader(link);
        for (long taken = 1; taken <= wanted.CountMax; taken++)
        {
            ReceivedMessage message = await reader.ReadAsync(aborted).ConfigureAwait(false) ?? throw link.Unexpected();
            Write(run, message, wanted.IsRaw);
            if (!link.HasFrame || taken == wanted.CountMax)
            {
                await AcknowledgeAsync(run, link, message.Tag).ConfigureAwait(false); // All that was written so far, before waiting for more.
            }
        }
    }

    /// <summary>Not to be interrupted: what was written would come again.</summary>
    private static async Task AcknowledgeAsync(CommandRun run, AmqpLink link, ulong tag)
    {
        await run.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false); // Throws when nobody reads any more; then it stays in the queue.
        await link.SendAsync(new BasicAck { DeliveryTag = tag, Multiple = true }, CancellationToken.None).ConfigureAwait(false);
    }

    private static void Write(CommandRun run, ReceivedMessage message, bool isRaw)
    {
        switch (run.Style.Form)
        {
            case OutputForm.Json or OutputForm.JsonLines:
                var bytes = new ArrayBufferWriter<byte>();
                using (var writer = new Utf8JsonWriter(bytes, Compact))
                {
                    message.Write(writer);
                }

                run.Output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
                break;
            case OutputForm.Table when !isRaw:
                run.Output.WriteLine(string.Join('\n', Encoding.UTF8.GetString(message.Body).Split('\n').Select(RawText.InLine))); // A terminal obeys what it is sent.
                break;
            default:
                run.Output.Flush();
                Stream output = run.Surroundings.OutputStream();
                output.Write(message.Body);
                if (!isRaw)
                {
                    output.WriteByte((byte)'\n');
                }

                break;
        }
    }
}
