namespace Ropeway.CommandLine.Tests;

/// <summary>Saved addresses: who uses them when, and that no password is in them.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ContextTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ropeway-contexts-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Context_Named_DecidesAddressUserAndVirtualHost()
    {
        await RunAsync("context add one http://one.test:15672 --user ops --vhost shop");
        await RunAsync("context add two http://two.test:15672");
        Assert.Equal("one\ttrue\ntwo\tfalse\n", (await RunAsync("context list --columns name,current")).Output);
        await RunAsync("context use two");
        Assert.Contains("GET http://two.test:15672/api/queues/%2F", (await RunAsync("queue list -v")).Error, StringComparison.Ordinal);
        Assert.Contains("GET http://one.test:15672/api/queues/shop", (await RunAsync("queue list -v --context one")).Error, StringComparison.Ordinal);
        Assert.Contains("GET http://three.test/api/queues/%2F", (await RunAsync("queue list -v --url http://three.test")).Error, StringComparison.Ordinal);
        await RunAsync("context remove two");
        Assert.Equal("one\tfalse\n", (await RunAsync("context list --columns name,current")).Output);
    }

    [Fact]
    public async Task Context_Saved_CanBeReadByItsOwnerOnly()
    {
        await RunAsync("context add one http://one.test:15672");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_home, "ropeway", "contexts.json")));
    }

    [Fact]
    public async Task PasswordFile_ThatOthersCanRead_IsRefused()
    {
        string file = Path.Combine(_home, "password");
        await File.WriteAllTextAsync(file, "secret\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        ShellResult result = await RunAsync($"queue list --user ops --password-file {file}");
        Assert.Equal((2, $"error: --password-file: others may read or change {file}\n  chmod 600 {file}\n"), (result.Code, result.Error));
    }

    private Task<ShellResult> RunAsync(string line)
    {
        var shell = new Shell { Handler = () => new CannedBroker(), Variables = { ["XDG_CONFIG_HOME"] = _home, ["ROPEWAY_PASSWORD"] = "secret" } };
        return shell.RunAsync(line);
    }
}
