namespace Ropeway.CommandLine.Tests;

/// <summary><c>delayed</c> on a real broker: messages that wait are shown, sent at once, and removed.</summary>
public sealed class DelayedTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task DelayedMessage_SentNow_IsInItsQueue()
    {
        Shell shell = await OpenAsync();
        string sequence = (await shell.DoAsync("delayed list --columns sequence --search LATER --limit 1")).Trim();
        await shell.DoAsync($"delayed send-now {sequence}");
        Assert.Equal("first\n", await shell.DoAsync("consume q --follow --count 1"));
        Assert.Equal("later\tq\n", await shell.DoAsync("delayed list --columns exchange,key"));
    }

    [Fact]
    public async Task DelayedMessages_Cancelled_AreGone()
    {
        Shell shell = await OpenAsync();
        string sequences = (await shell.DoAsync("delayed list --columns sequence")).ReplaceLineEndings(" ");
        ShellResult result = await shell.RunAsync($"delayed cancel {sequences} 4000000");
        Assert.Equal(7, result.Code);
        Assert.StartsWith("error: Cancelled 2 messages, then: no delayed message 4000000 in vhost", result.Error, StringComparison.Ordinal);
        Assert.Empty(await shell.DoAsync("delayed list"));
        Assert.Equal(4, (await shell.RunAsync("delayed cancel 4000000")).Code);
    }

    private async Task<Shell> OpenAsync()
    {
        Shell shell = await broker.OpenAsync();
        await shell.DoAsync("queue declare q");
        await shell.DoAsync("exchange declare later --type x-delayed-message --argument x-delayed-type=direct");
        await shell.DoAsync("binding add later q q");
        await shell.DoAsync("publish --exchange later --key q -H x-delay=3600000 first");
        await shell.DoAsync("publish --exchange later --key q -H x-delay=7200000 second");
        return shell;
    }
}
