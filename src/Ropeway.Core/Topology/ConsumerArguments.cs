using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>The rules for the arguments that a consumer is started with. Pure; any thread.</summary>
public static class ConsumerArguments
{
    private const string StreamOffset = "x-stream-offset";
    private const string Timeout = "x-consumer-timeout";

    /// <summary>The priority among the queue's consumers; 0 when none is given.</summary>
    /// <param name="arguments">Checked before.</param>
    public static int GetPriority(FieldTable arguments) =>
        arguments.TryGetInteger("x-priority", out long priority) ? (int)Math.Clamp(priority, int.MinValue, int.MaxValue) : 0;

    /// <summary>How long the consumer may hold a delivery, in milliseconds; 0 for ever, null when nothing is said.</summary>
    /// <param name="arguments">Checked before.</param>
    public static long? GetTimeoutMs(FieldTable arguments) => arguments.TryGetInteger(Timeout, out long timeoutMs) ? timeoutMs : null;

    /// <summary>Checks the types of the known ones; unknown ones mean nothing.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="queue">The queue's name, for the text.</param>
    /// <param name="host">Its virtual host's name, for the text.</param>
    /// <exception cref="RefusedException">A value of the wrong type.</exception>
    public static void Check(FieldTable arguments, string queue, string host)
    {
        if (arguments.TryGet("x-priority", out object? priority) && (priority is FieldTimestamp || !ArgumentValues.TryGetInteger(priority, out _)))
        {
            RefusalTexts.ThrowInvalidArgument("x-priority", RefusalTexts.Queue(queue, host), $"\"expected integer, got {ArgumentValues.TypeName(priority)}\"");
        }

        if (arguments.TryGet(Timeout, out object? timeout) && ArgumentChecks.Time(timeout, arguments) is { } problem)
        {
            RefusalTexts.ThrowInvalidArgument(Timeout, RefusalTexts.Queue(queue, host), problem);
        }
    }

    /// <summary>Refuses where to begin, which a queue that is no stream does not know.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="queue">How the queue was declared.</param>
    /// <param name="host">Its virtual host's name, for the text.</param>
    /// <exception cref="RefusedException">There is such an argument.</exception>
    public static void RefuseStart(FieldTable arguments, QueueSettings queue, string host)
    {
        if (arguments.Contains(StreamOffset))
        {
            RefusalTexts.ThrowArgumentOfOtherType(StreamOffset, RefusalTexts.Queue(queue.Name, host), $"rabbit_{QueueArguments.GetQueueType(queue.Arguments)}_queue");
        }
    }

    /// <summary>Reads where a consumer of a stream begins (x-stream-offset): first, last, next, an offset, a time, or how long ago; next when nothing is said.</summary>
    /// <param name="arguments">The arguments, checked before.</param>
    /// <param name="queue">The stream's name, for the text.</param>
    /// <param name="host">Its virtual host's name, for the text.</param>
    /// <param name="nowMs">The time now, in milliseconds since the Unix epoch.</param>
    /// <exception cref="RefusedException">None of these, or an argument that streams do not take.</exception>
    public static StreamStart ReadStart(FieldTable arguments, string queue, string host, long nowMs)
    {
        if (arguments.Contains("x-priority"))
        {
            RefusalTexts.ThrowArgumentOfOtherType("x-priority", RefusalTexts.Queue(queue, host), "rabbit_stream_queue");
        }

        if (!arguments.TryGet(StreamOffset, out object? value))
        {
            return StreamStart.Next;
        }

        switch (value)
        {
            case "next":
                return StreamStart.Next;
            case "first":
                return StreamStart.First;
            case "last":
                return StreamStart.Last;
            case FieldTimestamp time:
                return StreamStart.AtTime((long)Math.Min(time.Seconds, long.MaxValue / 1000) * 1000);
            case string age when StreamAge.TryParse(age, out long ms):
                return StreamStart.AtTime(nowMs - ms);
            default:
                if (!ArgumentValues.TryGetInteger(value, out long offset))
                {
                    RefusalTexts.ThrowInvalidArgument(StreamOffset, RefusalTexts.Queue(queue, host), $"{{invalid_stream_offset_arg,{Describe(value)}}}");
                }

                return StreamStart.At(offset);
        }
    }

    private static string Describe(object? value) =>
        $"{{{ArgumentValues.TypeName(value)},{(value is string text ? $"<<\"{text}\">>" : ArgumentValues.Text(value))}}}";
}
