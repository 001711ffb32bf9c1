using System.Globalization;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>The command-line tools of librabbitmq (Debian: amqp-tools).</summary>
[Collection(BrokerCollection.Name)]
public sealed class AmqpToolsTests(BrokerFixture broker)
{
    private readonly string _queue = "tools-" + Guid.NewGuid().ToString("N");

    [Fact]
    public void AllFiveTools_OneAfterTheOther_DeclarePublishGetConsumeDelete()
    {
        Assert.Equal(_queue, Run("amqp-declare-queue", "", "-q", _queue, "-d"));
        Run("amqp-publish", "", "-r", _queue, "-p", "-b", "first", "-C", "text/plain");
        Run("amqp-publish", "second from standard input", "-r", _queue);
        Run("amqp-publish", "third\nfourth", "-r", _queue, "-l");
        Assert.Equal("first", Run("amqp-get", "", "-q", _queue));

        string consumed = Run("amqp-consume", "", "-q", _queue, "-c", "3", "--", "sh", "-c", "cat; echo");

        Assert.Equal(["second from standard input", "third", "fourth"], consumed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("0", Run("amqp-delete-queue", "", "-q", _queue));
    }

    [Fact]
    public void AmqpGet_EmptyQueue_ExitsWithTwo()
    {
        Run("amqp-declare-queue", "", "-q", _queue);

        ToolRun get = Execute("amqp-get", "", "-q", _queue);

        Assert.Equal(2, get.ExitCode);
        Run("amqp-delete-queue", "", "-q", _queue);
    }

    [Fact]
    public void AmqpConsume_WithExchange_BindsAQueueOfItsOwn()
    {
        using var consumer = new System.Diagnostics.Process();
        consumer.StartInfo = new System.Diagnostics.ProcessStartInfo("amqp-consume", [.. Server(), "-e", "amq.topic", "-r", _queue + ".#", "-c", "1", "cat"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        consumer.Start();
        string? announced = consumer.StandardError.ReadLine(); // The name of the server-named queue, printed when it exists.
        Assert.Contains("amq.gen-", announced, StringComparison.Ordinal);
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!consumer.WaitForExit(50) && System.Diagnostics.Stopwatch.GetElapsedTime(started) < TestDeadline.Value)
        {
            Run("amqp-publish", "", "-e", "amq.topic", "-r", _queue + ".a", "-b", "by topic"); // It may not have bound its queue yet.
        }

        Assert.True(consumer.HasExited);
        Assert.Equal("by topic", consumer.StandardOutput.ReadToEnd());
    }

    private string[] Server() => ["--server", broker.Endpoint.Host, "--port", broker.Endpoint.Port.ToString(CultureInfo.InvariantCulture)];

    private ToolRun Execute(string tool, string input, params string[] arguments) => ToolRun.Execute(tool, [.. Server(), .. arguments], input);

    private string Run(string tool, string input, params string[] arguments)
    {
        ToolRun run = Execute(tool, input, arguments);
        Assert.True(run.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {run.Errors}{broker.Log}");
        return run.Output.Trim();
    }
}
