using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Transactions of a real client over a broker that is killed.</summary>
public sealed class TransactionCrashTests
{
    private const int MessageCount = 3_000;
    private const int EnoughCount = 50; // Commits before the kill.

    /// <summary>A worker moves messages from one queue to two others, one commit each; wherever the kill hits, each is in one place.</summary>
    [OwnBrokerFact]
    public async Task Worker_WhoseBrokerIsKilled_HasMovedEachMessageWhollyOrNotAtAll()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess first = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        await FillAsync(first.Endpoint);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int committed = 0;
        Task worker = MoveAsync(first.Endpoint, () =>
        {
            if (++committed == EnoughCount)
            {
                enough.SetResult();
            }

            return committed < MessageCount - EnoughCount ? Task.CompletedTask : killed.Task; // However late the kill is, some are left.
        });
        await await Task.WhenAny(worker, enough.Task).WaitAsync(TestDeadline.Value, TimeProvider.System);
        first.Kill();
        killed.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => worker);

        using BrokerProcess second = BrokerProcess.Start(first.Launch);
        List<int> left = await TakeAllAsync(second.Endpoint, "from");
        List<int> moved = await TakeAllAsync(second.Endpoint, "to");
        Assert.Equal(moved, await TakeAllAsync(second.Endpoint, "copies"));
        Assert.Equal(Enumerable.Range(0, MessageCount), moved.Concat(left).Order());
        Assert.True(moved.Count >= committed, $"{committed} commits were answered, {moved.Count} are there.");
        Assert.NotEmpty(left);
        Assert.Equal(0, second.Stop());
    }

    private static async Task FillAsync(BrokerEndpoint endpoint)
    {
        await using IConnection connection = await ConnectAsync(endpoint);
        await using IChannel channel = await connection.CreateChannelAsync();
        foreach (string queue in (string[])["from", "to", "copies"])
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        }

        await channel.TxSelectAsync();
        for (int i = 0; i < MessageCount; i++)
        {
            await PublishAsync(channel, "from", Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
        }

        await channel.TxCommitAsync();
    }

    private static async Task MoveAsync(BrokerEndpoint endpoint, Func<Task> onCommitted)
    {
        await using IConnection connection = await ConnectAsync(endpoint);
        await using IChannel channel = await connection.CreateChannelAsync();
        await channel.TxSelectAsync();
        while (await channel.BasicGetAsync("from", autoAck: false) is { } message)
        {
            await PublishAsync(channel, "to", message.Body);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
            await PublishAsync(channel, "copies", message.Body);
            await channel.TxCommitAsync();
            await onCommitted();
        }

        throw new InvalidOperationException("All was moved before the kill.");
    }

    private static ValueTask PublishAsync(IChannel channel, string queue, ReadOnlyMemory<byte> body) =>
        channel.BasicPublishAsync(string.Empty, queue, mandatory: true, new BasicProperties { Persistent = true }, body);

    private static async Task<List<int>> TakeAllAsync(BrokerEndpoint endpoint, string queue)
    {
        await using IConnection connection = await ConnectAsync(endpoint);
        await using IChannel channel = await connection.CreateChannelAsync();
        var bodies = new List<int>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            bodies.Add(int.Parse(Encoding.ASCII.GetString(message.Body.Span), CultureInfo.InvariantCulture));
        }

        return bodies;
    }

    private static Task<IConnection> ConnectAsync(BrokerEndpoint endpoint) =>
        new ConnectionFactory { HostName = endpoint.Host, Port = endpoint.Port, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
}
