using System.CommandLine;
using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class BenchCommandTests
{
    [Theory]
    [InlineData("http://localhost", "amqp://")]
    [InlineData("amqp://localhost --producers 0", "--producers")]
    [InlineData("amqp://localhost --producers 1001", "--producers")]
    [InlineData("amqp://localhost --queues 2", "every queue needs one")]
    [InlineData("amqp://localhost --prefetch 70000", "--prefetch")]
    [InlineData("amqp://localhost --prefetch 10 --ack-every 11", "never comes")]
    [InlineData("amqp://localhost --publish-only --consume-only", "exclude each other")]
    [InlineData("amqp://localhost --bytes -1", "--bytes")]
    [InlineData("amqp://localhost --bytes 15 --verify", "at least 16 bytes")]
    [InlineData("amqp://localhost --exchange headers", "expected default")]
    [InlineData("amqp://localhost --routing 10", "--exchange topic")]
    [InlineData("amqp://localhost --exchange topic --queues 5 --consumers 5 --routing 4", "number of queues")]
    [InlineData("amqp://localhost --seconds 0", "--seconds")]
    [InlineData("amqp://localhost --rate -1", "--rate")]
    [InlineData("amqp://localhost --warmup -2", "--warmup")]
    [InlineData("amqp://localhost --producers 3 --count 2", "--count")]
    [InlineData("amqp://localhost --batch 100000 --bytes 100000", "--batch")]
    [InlineData("amqp://localhost --broker-pid 2147483647", "--broker-pid")]
    [InlineData("amqp://127.0.0.1:1", "127.0.0.1:1")]
    public void Invoke_WhatCannotBe_SaysSoInOneLineAndFails(string arguments, string expected)
    {
        (int exitCode, string output, string error) = Invoke(arguments);

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("amqp://localhost --count 0", "--count")]
    [InlineData("amqp://localhost --source 127.0.0.2,here", "'here'")]
    [InlineData("amqp://127.0.0.1:1 --source 127.0.0.2", "127.0.0.1:1")]
    public void Invoke_ConnectionsThatCannotBe_SaysSoInOneLineAndFails(string arguments, string expected)
    {
        (int exitCode, string output, string error) = Invoke(arguments, "amqp-connections");

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Invoke_UnknownOption_Fails() => Assert.NotEqual(0, Invoke("amqp://localhost --nonsense").ExitCode);

    private static (int ExitCode, string Output, string Error) Invoke(string arguments, string subcommand = "amqp")
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = error };
        int exitCode = BenchCommand.Create().Parse($"{subcommand} {arguments}").Invoke(configuration);
        return (exitCode, output.ToString(), error.ToString());
    }
}
