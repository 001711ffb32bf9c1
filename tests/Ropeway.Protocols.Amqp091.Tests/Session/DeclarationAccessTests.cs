using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Declarations that link to an exchange need the right to send there.</summary>
public sealed class DeclarationAccessTests : IDisposable
{
    private readonly TestBroker _broker = new();
    private readonly AmqpPeer _peer;

    public DeclarationAccessTests()
    {
        _peer = _broker.Login();
        _peer.OpenChannel(1);
    }

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(".*", "^other$", "exchange 'spare'")]
    [InlineData("^other$", ".*", "exchange 'x'")]
    public void DeclareExchange_WithAlternate_NeedsReadOnItAndWriteOnTheAlternate(string read, string write, string refused)
    {
        _broker.Permit(configure: ".*", write, read);
        DeclareExchange("x", alternate: "spare");

        Assert.Equal($"ACCESS_REFUSED - access to {refused} in vhost '/' refused for user 'guest'", _peer.ExpectChannelClose(1).Text);
    }

    [Theory]
    [InlineData(".*", "^other$", "exchange 'dlx'")]
    [InlineData("^other$", ".*", "queue 'q'")]
    public void DeclareQueue_WithDeadLetters_NeedsReadOnItAndWriteOnTheExchange(string read, string write, string refused)
    {
        _broker.Permit(configure: ".*", write, read);
        _peer.Send(1, new QueueDeclare { Queue = "q"u8, Arguments = FieldTableCodec.ToArray(new FieldTable { ["x-dead-letter-exchange"] = "dlx" }) });

        Assert.Equal($"ACCESS_REFUSED - access to {refused} in vhost '/' refused for user 'guest'", _peer.ExpectChannelClose(1).Text);
    }

    [Fact]
    public void DeclareExchange_WithAlternate_OnceItExistsNeedsConfigureOnly()
    {
        DeclareExchange("x", alternate: "spare");
        _peer.Expect(MethodId.ExchangeDeclareOk);
        _broker.Permit(configure: ".*", write: "^$", read: "^$");
        DeclareExchange("x", alternate: "spare");
        _peer.Expect(MethodId.ExchangeDeclareOk);
    }

    [Fact]
    public void Declare_NameWithLineBreaks_IsCheckedAsItIsKept()
    {
        _broker.Permit(configure: "^[^s]", write: "^[^s]", read: "^[^s]");
        DeclareExchange("\nsecret");
        Assert.Equal("ACCESS_REFUSED - access to exchange 'secret' in vhost '/' refused for user 'guest'", _peer.ExpectChannelClose(1).Text);
        _peer.SendBare(1, MethodId.ChannelCloseOk);
        _peer.OpenChannel(1);
        _peer.Send(1, new QueueDeclare { Queue = "\r\nsecret"u8 });
        Assert.Equal("ACCESS_REFUSED - access to queue 'secret' in vhost '/' refused for user 'guest'", _peer.ExpectChannelClose(1).Text);
    }

    [Fact]
    public void DeclareExchange_UnknownType_IsToldBeforeAnythingElse()
    {
        _broker.Permit(configure: "^$", write: "^$", read: "^$");
        _peer.Send(1, new ExchangeDeclare { Exchange = "x"u8, ExchangeType = "x-lottery"u8 });

        Assert.Equal("PRECONDITION_FAILED - unknown exchange type 'x-lottery'", _peer.ExpectChannelClose(1).Text);
    }

    private void DeclareExchange(string name, string? alternate = null)
    {
        FieldTable arguments = alternate is null ? [] : new FieldTable { ["alternate-exchange"] = alternate };
        _peer.Send(1, new ExchangeDeclare { Exchange = Encoding.UTF8.GetBytes(name), ExchangeType = "direct"u8, Arguments = FieldTableCodec.ToArray(arguments) });
    }
}
