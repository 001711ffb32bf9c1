using System.Text.Json;

namespace Ropeway.CommandLine.Tests;

/// <summary>Publishing and consuming, on a real broker.</summary>
public sealed class MessageTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task Consume_OfWhatWasPublished_GivesTheBodiesInOrderAndEmptiesTheQueue()
    {
        Shell shell = await OpenAsync();
        shell.Input = "one\ntwo\nthree\n";
        await shell.DoAsync("publish --queue q --lines");
        Assert.Equal("one\ntwo\n", await shell.DoAsync("consume q --count 2"));
        Assert.Equal("three\n", await shell.DoAsync("consume q"));
        Assert.Empty(await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task Consume_Followed_AcknowledgesWhatItWrote()
    {
        Shell shell = await OpenAsync();
        shell.Input = string.Concat(Enumerable.Range(0, 500).Select(i => $"{i}\n"));
        await shell.DoAsync("publish --queue q --lines --quiet");
        Assert.Equal(string.Concat(Enumerable.Range(0, 500).Select(i => $"{i}\n")), await shell.DoAsync("consume q --follow --count 500"));
        Assert.Equal("0\t0\n", await shell.DoAsync("queue list --columns waiting,held"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../..")]
    [InlineData("%2E%2E")]
    [InlineData("?#[@]")]
    public async Task Queue_WithANameThatAddressesDoNotLike_IsThatQueue(string name)
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync($"queue declare {name}");
        await shell.DoAsync($"publish --queue {name} here");
        Assert.Equal($"queue,vhost\n{name},{shell.Variables["ROPEWAY_VHOST"]}\n", await shell.DoAsync($"queue show {name} --csv --columns queue,vhost"));
        Assert.Single(await shell.DoAsync($"queue peek {name} --columns sequence"), '\n');
        await shell.DoAsync($"queue delete {name} --yes");
        Assert.DoesNotContain($"{name}\n", await shell.DoAsync("queue list --columns queue"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("consume q")]
    [InlineData("consume q --follow --count 2")]
    public async Task Consume_WhoseReaderIsGone_LeavesTheMessages(string line)
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("publish --queue q first");
        await shell.DoAsync("publish --queue q second");
        shell.OutputStream = new BrokenPipe();
        ShellResult result = await shell.RunAsync(line);
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        shell.OutputStream = null;
        Assert.Equal("first\nsecond\n", await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task Consume_AsJson_HasPropertiesAndHeaders()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("exchange declare x --type topic");
        await shell.DoAsync("binding add x q '#'");
        await shell.DoAsync("publish --exchange x --key a.b -H tries=3 -H source=shop --property message-id=m1 --property priority=4 'héllo'");
        JsonElement message = JsonElement.Parse(await shell.DoAsync("consume q --jsonl"));
        Assert.Equal(
            """{"payload_bytes":6,"redelivered":false,"exchange":"x","routing_key":"a.b","properties":{"headers":{"tries":3,"source":"shop"},"delivery_mode":2,"priority":4,"message_id":"m1"},"payload":"héllo","payload_encoding":"string"}""",
            message.GetRawText());
    }

    [Fact]
    public async Task Consume_OnATerminal_ShowsControlCharactersAsCodes()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("publish --queue q '\e[31mred'");
        shell.Columns = 80;
        Assert.Equal("\\u001b[31mred\n", await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task Consume_Raw_GivesExactlyTheBytes()
    {
        Shell shell = await OpenAsync();
        string file = Path.GetTempFileName();
        byte[] body = [0, 255, 10, 13, 200];
        await File.WriteAllBytesAsync(file, body);
        await shell.DoAsync($"publish --queue q --file {file}");
        File.Delete(file);
        using var output = new MemoryStream();
        shell.OutputStream = output;
        await shell.DoAsync("consume q --raw");
        Assert.Equal(body, output.ToArray());
    }

    [Fact]
    public async Task PublishAndConsume_OfAUserWithoutTag_NeedAmqpOnly()
    {
        Shell shell = await OpenAsync();
        string user = shell.Variables["ROPEWAY_VHOST"] + "-app";
        await shell.DoAsync($"user set {user} --new-password secret");
        await shell.DoAsync($"permission set {user}");
        shell.Variables["ROPEWAY_USER"] = user;
        shell.Variables["ROPEWAY_PASSWORD"] = "secret";
        Assert.Equal(3, (await shell.RunAsync("queue list")).Code);

        shell.Input = "one\ntwo\n";
        Assert.Equal((0, "Published 2 messages to queue q.\n"), await CodeOfAsync(shell, $"publish --queue q --lines --amqp {broker.AmqpUrl}"));
        Assert.Equal("one\ntwo\n", await shell.DoAsync($"consume q --amqp {broker.AmqpUrl}"));
    }

    [Fact]
    public async Task Publish_OfMoreThanIsUnderWayAtATime_LosesNone()
    {
        Shell shell = await OpenAsync();
        shell.Input = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}\n"));
        await shell.DoAsync("publish --queue q --lines");
        Assert.Equal(shell.Input, await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task Publish_OfMuchThatLeadsNowhere_EndsWithTheCount()
    {
        Shell shell = await OpenAsync();
        shell.Input = string.Concat(Enumerable.Range(0, 300).Select(_ => new string('x', 30_000) + "\n"));
        (int code, string error) = await CodeOfAsync(shell, "publish --exchange amq.direct --key nowhere --lines");
        Assert.Equal(4, code);
        Assert.StartsWith("error: 300 messages of 300 reached no queue: exchange amq.direct with key nowhere leads nowhere", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ToAFullQueue_SaysHowManyWereRefused()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare short --argument x-max-length=2 --argument x-overflow=reject-publish");
        shell.Input = "one\ntwo\nthree\n";
        (int code, string error) = await CodeOfAsync(shell, "publish --queue short --lines");
        Assert.Equal(7, code);
        Assert.StartsWith("error: 1 message of 3 refused: a queue is full, or out of service", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("publish --queue q --property colour=red x", "error: --property: there is no property 'colour'\n")]
    [InlineData("publish --queue q --property priority=high x", "error: --property: bad value 'high': a whole number up to 255 is expected\n")]
    [InlineData("publish --exchange nothing x", "error: the broker closed the channel: 404 NOT_FOUND - no exchange 'nothing' in vhost ")]
    public async Task Publish_OfWhatCannotBe_SaysWhy(string line, string error) =>
        Assert.StartsWith(error, (await (await OpenAsync()).RunAsync(line)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Publish_InADryRun_SendsNothing()
    {
        Shell shell = await OpenAsync();
        Assert.Equal("would publish 5 bytes to queue q\n", await shell.DoAsync("publish --queue q hello --dry-run"));
        Assert.Empty(await shell.DoAsync("consume q"));
    }

    [Theory]
    [InlineData("consume nothing", 4)]
    [InlineData("consume q --vhost nothing", 3)]
    [InlineData("publish --queue nothing hello", 4)]
    [InlineData("publish --exchange nothing hello", 4)]
    [InlineData("publish hello", 2)]
    [InlineData("consume q --amqp amqp://127.0.0.1:1", 6)]
    public async Task Messages_FromOrToNowhere_AreAnError(string line, int code)
    {
        ShellResult result = await (await OpenAsync()).RunAsync(line);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(code, result.Code);
    }

    [Fact]
    public async Task Consume_OfAStream_BeginsAtTheOffset()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare s --type stream");
        shell.Input = "a\nb\nc\n";
        await shell.DoAsync("publish --queue s --lines");
        Assert.Equal("b\nc\n", await shell.DoAsync("consume s --follow --offset 1 --count 2"));
    }

    private static async Task<(int Code, string Error)> CodeOfAsync(Shell shell, string line)
    {
        ShellResult result = await shell.RunAsync(line);
        return (result.Code, result.Error);
    }

    private async Task<Shell> OpenAsync()
    {
        Shell shell = await broker.OpenAsync();
        await shell.DoAsync("queue declare q");
        return shell;
    }
}
