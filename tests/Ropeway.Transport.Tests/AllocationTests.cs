using System.Net.Sockets;
using Ropeway.Buffers;
using Ropeway.Tests;

namespace Ropeway.Transport.Tests;

[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Rounds = 10_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReceiveAndSend_SteadyState_AllocatesNothing(bool appendsBlocks)
    {
        NativeBlock body = NativeBlock.Allocate(8192);
        body.Span.Clear();
        await using var station = new Station((session, received) =>
        {
            Outbox outbox = session.Connection.Outbox;
            lock (outbox.Gate)
            {
                received.CopyTo(outbox.GetSpan(received.Length));
                outbox.Advance(received.Length);
                if (appendsBlocks)
                {
                    outbox.AppendBlock(body, 0, body.Bytes);
                }
            }

            return new ConsumeResult(received.Length, ConsumeStatus.Continue);
        });
        Socket client = station.Connect();
        byte[] request = new byte[128];
        byte[] answer = new byte[appendsBlocks ? 128 + 8192 : 128];
        Exchange(client, request, answer);

        // The sessions run on other threads, so all threads count, the test runner's too.
        long least = Allocations.LeastOfAllThreads(() => Exchange(client, request, answer), enoughBytes: Rounds);

        Assert.InRange(least, 0, Rounds); // Less than a byte a message.
        body.Release();
    }

    private static void Exchange(Socket client, byte[] request, byte[] answer)
    {
        for (int i = 0; i < Rounds; i++)
        {
            client.Send(request);
            Station.ReceiveExactly(client, answer);
        }
    }
}
