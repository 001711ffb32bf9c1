using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class BenchRunTests
{
    [Fact]
    public void Execute_PublishOnly_CountsWhatItSentAndDeletesTheQueue()
    {
        using ScriptedBroker broker = new ScriptedBroker().Start();

        using var run = new BenchRun(Options(broker) with { MessageCount = 1001, ProducerCount = 2 }, CancellationToken.None);
        BenchResult result = run.Execute();

        Assert.Equal(1001, result.Published);
        Assert.True(result.IsGood);
        Assert.True(result.PublishedPerSecond > 0);
    }

    [Fact]
    public void Execute_LoginRefused_GivesTheBrokersReply()
    {
        using ScriptedBroker broker = new ScriptedBroker().Misbehave(
            MethodId.ConnectionStartOk,
            client => ScriptedBroker.Send(client, new ConnectionClose { ReplyCode = ReplyCode.AccessRefused, ReplyText = "ACCESS_REFUSED - no"u8 }, channel: 0)).Start();

        Assert.Contains("403 ACCESS_REFUSED - no", Fault(broker).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_ConnectionClosedWhilePublishing_GivesTheBrokersReply()
    {
        using ScriptedBroker broker = new ScriptedBroker().Misbehave(
            MethodId.BasicPublish,
            client =>
            {
                ScriptedBroker.Send(client, new ConnectionClose { ReplyCode = ReplyCode.ConnectionForced, ReplyText = "CONNECTION_FORCED - going"u8 }, channel: 0);
                client.Dispose();
            }).Start();

        Assert.Contains("320 CONNECTION_FORCED - going", Fault(broker).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_ChannelClosedOnConfirmSelect_GivesTheBrokersReply()
    {
        using ScriptedBroker broker = new ScriptedBroker().Misbehave(
            MethodId.ConfirmSelect,
            client => ScriptedBroker.Send(client, new ChannelClose { ReplyCode = ReplyCode.NotImplemented, ReplyText = "NOT_IMPLEMENTED - confirms"u8 }, channel: 1)).Start();

        Assert.Contains("540 NOT_IMPLEMENTED - confirms", Fault(broker).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_BrokerNeverConfirms_EndsByItself()
    {
        using ScriptedBroker broker = new ScriptedBroker().Start();

        BenchException fault = Fault(broker, options => options with { ConfirmWindow = 10, TimeoutSeconds = 2 });

        Assert.Contains("Nothing happened for 2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_BrokerSilentInTheHandshake_EndsByItself()
    {
        using ScriptedBroker broker = new ScriptedBroker().Misbehave(MethodId.ConnectionStartOk, _ => { }).Start();

        BenchException fault = Fault(broker, options => options with { TimeoutSeconds = 0.2 });

        Assert.Contains("did not complete the handshake within 0.2 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_Interrupted_EndsAtOnce()
    {
        using ScriptedBroker broker = new ScriptedBroker().Start();

        using var run = new BenchRun(Options(broker) with { MeasureSeconds = 1000 }, new CancellationToken(canceled: true));

        Assert.Contains("Interrupted", Assert.Throws<BenchException>(run.Execute).Message, StringComparison.Ordinal);
    }

    private static BenchException Fault(ScriptedBroker broker, Func<AmqpBenchOptions, AmqpBenchOptions>? change = null)
    {
        AmqpBenchOptions options = Options(broker) with { MessageCount = 1_000_000, ConfirmWindow = 10 };
        using var run = new BenchRun(change is null ? options : change(options), CancellationToken.None);
        return Assert.Throws<BenchException>(run.Execute);
    }

    private static AmqpBenchOptions Options(ScriptedBroker broker) => new()
    {
        Target = AmqpTarget.Parse(broker.Uri),
        ConsumerCount = 0,
        WarmupSeconds = 0,
        TimeoutSeconds = 30,
    };
}
