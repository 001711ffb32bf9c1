using System.Globalization;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Python programs with pika, kombu, Celery and aio-pika, each a scenario of its own in the folder <c>python</c>.</summary>
[Collection(BrokerCollection.Name)]
public sealed class PythonClientTests(BrokerFixture broker)
{
    private const string Python = "/usr/bin/python3";

    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "python");

    public static TheoryData<string> Scenarios()
    {
        var names = new TheoryData<string>();
        foreach (string path in Directory.EnumerateFiles(Scripts, "*.py").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (!name.StartsWith("first_", StringComparison.Ordinal) && !name.StartsWith("tls_", StringComparison.Ordinal) && !string.Equals(name, "scenario", StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Scenario_AgainstTheBroker_Succeeds(string name)
    {
        string[] arguments = ["-B", Path.Combine(Scripts, name + ".py"), broker.Endpoint.Host, Text(broker.Endpoint.Port)];

        ToolRun run = ToolRun.Execute(Python, arguments);

        Assert.True(run.ExitCode == 0, run.Errors + broker.Log);
    }

    [Fact]
    public void FirstProgram_WithThePortAdded_IsReadByTheFirstConsumer()
    {
        using var directory = new TemporaryDirectory();
        ToolRun publish = RunWithPort(directory, "first_program.py");
        Assert.True(publish.ExitCode == 0, publish.Errors + broker.Log);

        ToolRun consume = RunWithPort(directory, "first_consumer.py");

        Assert.True(consume.ExitCode == 0, consume.Errors + broker.Log);
        Assert.Equal("Hello World!", consume.Output);
    }

    /// <summary>Only where nobody listens on the default port: the programs are run as they are, without any setting.</summary>
    [OwnBrokerFact]
    public void FirstProgram_Unchanged_WorksOnTheDefaultPort()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess standard = BrokerProcess.Spawn(new BrokerLaunch { DataDirectory = directory.Path, Port = 5672 });
        if (!FindsItsPortFree(standard))
        {
            return;
        }

        ToolRun publish = ToolRun.Execute(Python, ["-B", Path.Combine(Scripts, "first_program.py")]);
        ToolRun consume = ToolRun.Execute(Python, ["-B", Path.Combine(Scripts, "first_consumer.py")]);

        Assert.True(publish.ExitCode == 0, publish.Errors + standard.Log);
        Assert.True(consume.ExitCode == 0, consume.Errors + standard.Log);
        Assert.Equal("Hello World!", consume.Output);
        Assert.Equal(0, standard.Stop());
    }

    /// <summary>Only the broker itself can tell: whoever looks before may be too early.</summary>
    private static bool FindsItsPortFree(BrokerProcess broker)
    {
        const int AddressInUse = 10;
        try
        {
            broker.WaitUntilReady(TestDeadline.Value);
            return true;
        }
        catch (InvalidOperationException) when (broker.HasExited)
        {
            Assert.True(broker.WaitForExit() == AddressInUse, broker.Log);
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private ToolRun RunWithPort(TemporaryDirectory directory, string script)
    {
        string program = File.ReadAllText(Path.Combine(Scripts, script))
            .Replace("'localhost'", $"'{broker.Endpoint.Host}', port={broker.Endpoint.Port}", StringComparison.Ordinal);
        string path = Path.Combine(directory.Path, script);
        File.WriteAllText(path, program);
        return ToolRun.Execute(Python, ["-B", path]);
    }
}
