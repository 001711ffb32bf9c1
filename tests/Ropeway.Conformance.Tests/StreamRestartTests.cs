using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Streams over stops, kills and time.</summary>
public sealed class StreamRestartTests
{
    private const string Stream = "events";

    [OwnBrokerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Broker_Restarted_MessagesAndOffsetsGoOn(bool killed)
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess first = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        await using (StreamClient client = await StreamClient.OpenAsync(first.Endpoint, Stream))
        {
            await client.DeclareAsync();
            await client.PublishAsync("0", "1", "2");
        }

        if (killed)
        {
            first.Kill();
        }
        else
        {
            Assert.Equal(0, first.Stop());
        }

        using BrokerProcess second = BrokerProcess.Start(first.Launch);
        await using (StreamClient client = await StreamClient.OpenAsync(second.Endpoint, Stream))
        {
            await client.DeclareAsync();
            await client.PublishAsync("3", "4");
            await using StreamReader all = await client.ReadAsync("first", prefetch: 2);
            await using StreamReader late = await client.ReadAsync(2);
            Assert.Equal([(0L, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4")], await all.ExpectAsync(5));
            Assert.Equal([(2L, "2"), (3, "3"), (4, "4")], await late.ExpectAsync(3));
        }

        Assert.Equal(0, second.Stop());
    }

    [OwnBrokerFact]
    public async Task Retention_BySizeAndAge_DropsTheOldest()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        await using (StreamClient sized = await StreamClient.OpenAsync(broker.Endpoint, "sized"))
        await using (StreamClient aged = await StreamClient.OpenAsync(broker.Endpoint, "aged"))
        {
            await sized.DeclareAsync(new() { ["x-max-length-bytes"] = 1_000_000 });
            await aged.DeclareAsync(new() { ["x-max-age"] = "1s" });
            await aged.PublishAsync("old");
            for (int i = 0; i < 30; i++)
            {
                await sized.PublishAsync([.. Enumerable.Repeat(new string('x', 1_000), 100)]);
            }

            Assert.InRange(await sized.MessageCountAsync(), 800u, 1_000u);
            await using StreamReader reader = await sized.ReadAsync(0);
            Assert.InRange((await reader.ExpectFirstAsync()).Offset, 2_000, 2_200);

            long deadline = Environment.TickCount64 + TestDeadline.Milliseconds;
            while (await aged.MessageCountAsync() > 0)
            {
                Assert.True(Environment.TickCount64 < deadline, "It was never dropped.");
            }
        }

        Assert.Equal(0, broker.Stop());
    }
}
