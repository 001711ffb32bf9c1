namespace Ropeway.CommandLine.Tests;

/// <summary><c>findings snooze</c> and <c>unsnooze</c> find what is meant by its id.</summary>
public sealed class SnoozeTests : IDisposable
{
    private readonly CannedBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("findings snooze queue.growing", "would POST /api/ropeway/findings/snooze {\"id\":\"queue.growing\",\"vhost\":\"/\",\"name\":\"mail.outgoing\",\"for_s\":3600,\"reason\":\"\"}\n")]
    [InlineData("findings snooze queue.growing other --for 2d --reason 'is known'", "would POST /api/ropeway/findings/snooze {\"id\":\"queue.growing\",\"vhost\":\"/\",\"name\":\"other\",\"for_s\":172800,\"reason\":\"is known\"}\n")]
    [InlineData("findings unsnooze disk.space", "would DELETE /api/ropeway/findings/snooze?id=disk.space&name=rw-1\n")]
    [InlineData("findings unsnooze queue.growing b", "would DELETE /api/ropeway/findings/snooze?id=queue.growing&vhost=shop&name=b\n")]
    public async Task Finding_NamedByItsId_IsTheOneThatIsThere(string line, string output)
    {
        ShellResult result = await Open().RunAsync(line + " --dry-run");
        Assert.Equal((0, output), (result.Code, result.Output));
    }

    [Theory]
    [InlineData("findings unsnooze queue.growing", 2, "error: queue.growing: there are several; the name of one is expected\n  a, b\n")]
    [InlineData("findings snooze memory", 4, "error: there is no finding memory.\n  ropeway findings shows the known ones\n")]
    [InlineData("findings snooze queue.growing --for ever", 2, "error: --for: bad value 'ever': a duration like 500ms, 2s, 10m, 1h or 7d is expected\n")]
    public async Task Finding_ThatIsNotClear_IsAskedFor(string line, int code, string error)
    {
        ShellResult result = await Open().RunAsync(line);
        Assert.Equal((code, error), (result.Code, result.Error));
    }

    [Fact]
    public async Task Findings_Snoozed_SayUntilWhenAndByWhom()
    {
        ShellResult result = await Open().RunAsync("findings --snoozed --limit 1");
        Assert.Equal("warn\tdisk.space\trw-1\t2026-03-02T14:00:00.000Z\tada\ta new disk is ordered\n", result.Output);
    }

    private Shell Open() => new() { Handler = () => _broker };
}
