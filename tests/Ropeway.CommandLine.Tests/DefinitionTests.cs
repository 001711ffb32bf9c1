using System.Text.Json;

namespace Ropeway.CommandLine.Tests;

/// <summary><c>definitions</c> on a real broker.</summary>
public sealed class DefinitionTests(BrokerFixture broker) : IClassFixture<BrokerFixture>, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-definitions-").FullName;

    private string File => Path.Combine(_directory, "definitions.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Export_WithoutUsers_HasAllTheRest()
    {
        Shell shell = await broker.OpenAsync();
        await shell.DoAsync("queue declare kept");
        string[] all = PartsOf(await shell.DoAsync("definitions export"));
        Assert.Contains("users", all);
        Assert.Equal(all.Where(part => part != "users"), PartsOf(await shell.DoAsync("definitions export - --without-users")));
    }

    [Fact]
    public async Task Import_InADryRun_SaysWhatItWouldChangeAndChangesNothing()
    {
        Shell shell = await broker.OpenAsync();
        string host = shell.Variables["ROPEWAY_VHOST"];
        await shell.DoAsync("queue declare old --type quorum");
        await WriteAsync($$$"""{"queues":[{"name":"old","vhost":"{{{host}}}","durable":true,"arguments":{"x-queue-type":"quorum"}},{"name":"new","vhost":"{{{host}}}","durable":true}]}""");

        ShellResult result = await shell.RunAsync($"definitions import {File} --dry-run --columns change,section,name");

        Assert.Equal((0, "add\tqueues\tnew\n"), (result.Code, result.Output));
        Assert.Contains("Would import 2 queues: 1 new, 0 changed, 1 as they are, 0 ignored.", result.Error, StringComparison.Ordinal);
        JsonElement[] rows = [.. JsonElement.Parse(await shell.DoAsync($"definitions import {File} --dry-run --json")).EnumerateArray()];
        Assert.Equal(("add", "new"), (rows[0].GetProperty("kind").GetString(), rows[0].GetProperty("name").GetString()));
        Assert.Equal("old\n", await shell.DoAsync("queue list --columns queue"));
    }

    [Fact]
    public async Task Import_ThatWouldBeRefused_SaysSoInADryRunToo()
    {
        Shell shell = await broker.OpenAsync();
        await WriteAsync("""{"queues":[{"name":"lost","vhost":"nowhere","durable":true}]}""");

        ShellResult result = await shell.RunAsync($"definitions import {File} --dry-run");

        Assert.Equal(2, result.Code);
        Assert.StartsWith("refused\tqueues\tlost\t", result.Output, StringComparison.Ordinal);
        Assert.Contains("error: the broker would refuse all of it, because of 1 of its entries\n", result.Error, StringComparison.Ordinal);
    }

    private static string[] PartsOf(string document) => [.. JsonElement.Parse(document).EnumerateObject().Select(part => part.Name)];

    private Task WriteAsync(string text) => System.IO.File.WriteAllTextAsync(File, text);
}
