using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.TestKit.Conversations;

namespace Ropeway.Differential.Tests;

/// <summary>The conversations leave nothing out: every method and every reply code that RabbitMQ can send occurs in them.</summary>
public sealed class CoverageTests
{
    private static readonly Dictionary<ReplyCode, string> NeverSent = new()
    {
        [ReplyCode.ContentTooLarge] = "RabbitMQ says 406 for a body over its limit.",
        [ReplyCode.NoConsumers] = "Goes with the flag immediate, which RabbitMQ refuses with 540.",
        [ReplyCode.InvalidPath] = "RabbitMQ says 530 for a virtual host that is not there.",
        [ReplyCode.SyntaxError] = "RabbitMQ says 501 for what does not decode.",
        [ReplyCode.ResourceError] = "Needs a node without a resource that it had before.",
    };

    private static readonly List<string> Lines = [.. Suite.RabbitMq.Transcripts.Values.SelectMany(transcript => transcript)];

    public static TheoryData<MethodId> Methods => [.. Enum.GetValues<MethodId>().Where(id => id != MethodId.None)];

    public static TheoryData<ReplyCode> Codes => [.. Enum.GetValues<ReplyCode>().Where(code => !NeverSent.ContainsKey(code))];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_OfTheCodec_OccursInAConversation(MethodId id)
    {
        MethodShape? shape = MethodShapes.Find((uint)id);

        Assert.Equal(id.NameOf(), shape?.Name);
        Assert.Contains(Lines, line => line.Split(' ').Contains(shape!.Name, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void ReplyCode_ThatRabbitMqCanSend_OccursInAnAnswer(ReplyCode code) =>
        Assert.Contains(Lines, line => line.Contains($"reply-code={(int)code} ", StringComparison.Ordinal));

    [Fact]
    public void ReplyCode_ThatRabbitMqNeverSends_IsNotRecorded() =>
        Assert.DoesNotContain(Lines, line => NeverSent.Keys.Any(code => line.StartsWith('<') && line.Contains($"reply-code={(int)code} ", StringComparison.Ordinal)));

    [Fact]
    public void Recording_HasEveryConversationAsItIsWritten()
    {
        Assert.StartsWith("RabbitMQ 3.10.", Suite.RabbitMq.Broker, StringComparison.Ordinal);
        Assert.True(Suite.Conversations.Count >= 150);
        Assert.Equal(
            Suite.Conversations.SelectMany(one => one.Steps.Prepend(one.Name)),
            Suite.RabbitMq.Transcripts.SelectMany(one => one.Value.Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => line[2..]).Prepend(one.Key)));
        Assert.DoesNotContain(Lines, line => line.StartsWith("< nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void Differences_NameConversationsThatExist() =>
        Assert.Empty(Suite.Differences.Keys.Except(Suite.Conversations.Select(one => one.Name), StringComparer.Ordinal));
}
