using System.Diagnostics;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>Sends requests of one kind without waiting for each reply; so many are on their way at once that half of them can be answered while the other half waits.</summary>
internal static class PipelinedRequests
{
    /// <summary>Requests without a reply at once.</summary>
    public const int Depth = 100;

    /// <summary>Looks at the reply to a request.</summary>
    public delegate void ReplyHandler(int number, FieldReader reply);

    /// <summary>Sends <paramref name="count"/> requests and awaits all replies.</summary>
    /// <param name="connection">Nothing else may wait for a reply on it.</param>
    /// <param name="count">How many.</param>
    /// <param name="write">Writes the request of a number from 0.</param>
    /// <param name="expected">The channel and method of each reply.</param>
    /// <param name="onReply">Gets the replies, in the order of the requests; may be null.</param>
    /// <returns>Requests a second.</returns>
    public static double Send(WireConnection connection, int count, Action<int> write, (ushort Channel, WireMethod Method) expected, ReplyHandler? onReply = null)
    {
        long started = Stopwatch.GetTimestamp();
        int written = 0;
        for (int answered = 0; answered < count; answered++)
        {
            if (written - answered <= Depth / 2)
            {
                int end = Math.Min(count, answered + Depth);
                while (written < end)
                {
                    write(written++);
                }
            }

            FieldReader reply = connection.Await(expected.Channel, expected.Method);
            onReply?.Invoke(answered, reply);
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
