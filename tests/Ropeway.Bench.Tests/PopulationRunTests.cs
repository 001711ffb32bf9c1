using System.Net;
using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class PopulationRunTests
{
    [Fact]
    public void Execute_ConnectionsFromTwoAddresses_TakesThemInTurn()
    {
        IPAddress[] sources = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")];
        using ScriptedBroker broker = new ScriptedBroker().Start();
        using var output = new StringWriter();

        new PopulationRun(Options(broker, count: 4, sources), CancellationToken.None).Execute(output);

        IPAddress control = IPAddress.Loopback;
        Assert.Equal([control, .. sources, .. sources], broker.ClientAddresses);
        Assert.Contains("\"connections\":4,", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_Connections_OpensATenthMoreThanItCounts()
    {
        using ScriptedBroker broker = new ScriptedBroker().Start();
        using var output = new StringWriter();

        new PopulationRun(Options(broker, count: 20, []), CancellationToken.None).Execute(output);

        Assert.Equal(1 + 2 + 20, broker.ClientAddresses.Count);
        Assert.Contains("\"connections\":20,", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_Interrupted_SaysSo()
    {
        using ScriptedBroker broker = new ScriptedBroker().Start();
        using var output = new StringWriter();

        BenchException fault = Assert.Throws<BenchException>(
            () => new PopulationRun(Options(broker, count: 4, []), new CancellationToken(canceled: true)).Execute(output));

        Assert.Equal("Interrupted.", fault.Message);
    }

    private static PopulationOptions Options(ScriptedBroker broker, int count, IReadOnlyList<IPAddress> sources) =>
        new(AmqpTarget.Parse(broker.Uri), PopulationKind.Connections, count, IsDurable: false, Environment.ProcessId, Json: true, sources);
}
