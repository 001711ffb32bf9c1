using System.Text.Json;

namespace Ropeway.CommandLine.Tests;

/// <summary><c>backup</c> finds its broker as all other commands do.</summary>
public sealed class BackupTests(BrokerFixture broker) : IClassFixture<BrokerFixture>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-backup-").FullName;

    private string File => Path.Combine(_directory, "night.backup");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Backup_OfASavedContext_IsThereAndWhole()
    {
        Shell shell = await OpenAsync();
        Assert.Matches($"^{File}: backup of .* UTC, [0-9]+ files, .*; every checksum is right\n$", await shell.DoAsync($"backup {File} --context here"));
        Assert.Contains("every checksum is right", await shell.DoAsync($"restore {File} {_directory}/restored"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_AsJson_SaysWhatItHolds()
    {
        JsonElement summary = JsonElement.Parse(await (await OpenAsync()).DoAsync($"backup {File} --context here --json"));
        Assert.Equal(File, summary.GetProperty("file").GetString());
        Assert.True(summary.GetProperty("bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task Restore_AsJson_SaysWhatItMade()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync($"backup {File} --context here");
        JsonElement made = JsonElement.Parse(await shell.DoAsync($"restore {File} {_directory}/restored --json"));
        Assert.Equal(File, made.GetProperty("backup").GetString());
        Assert.Equal((Path.Combine(_directory, "restored"), true), (made.GetProperty("restored").GetProperty("directory").GetString(), made.GetProperty("restored").GetProperty("isWhole").GetBoolean()));
    }

    [Fact]
    public async Task Backup_InADryRun_WritesNothing()
    {
        Shell shell = await OpenAsync();
        Assert.Equal($"would write a backup of {broker.Url}/ to {File}\n", await shell.DoAsync($"backup {File} --context here --dry-run"));
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("--url http://127.0.0.1:1", 6, "error: nothing listens on 127.0.0.1:1 (connection refused).")]
    [InlineData("--context nothing", 4, "error: no context \"nothing\"")]
    [InlineData("--context here --user nobody --password x --quiet", 3, "error: not permitted: Login failed")]
    public async Task Backup_ThatCannotBe_SaysWhyAndLeavesNothing(string options, int code, string error)
    {
        ShellResult result = await (await OpenAsync()).RunAsync($"backup {File} {options}");
        Assert.Equal(code, result.Code);
        Assert.StartsWith(error, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory, "*.backup*"));
    }

    [Fact]
    public async Task Backup_OntoAFile_IsRefused()
    {
        await System.IO.File.WriteAllTextAsync(File, "precious");
        ShellResult result = await (await OpenAsync()).RunAsync($"backup {File} --context here");
        Assert.NotEqual(0, result.Code);
        Assert.Contains("is there already", result.Error, StringComparison.Ordinal);
        Assert.Equal("precious", await System.IO.File.ReadAllTextAsync(File));
    }

    private async Task<Shell> OpenAsync()
    {
        var shell = new Shell { Variables = { ["XDG_CONFIG_HOME"] = _directory } };
        await shell.DoAsync($"context add here {broker.Url} --user guest");
        return shell;
    }
}
