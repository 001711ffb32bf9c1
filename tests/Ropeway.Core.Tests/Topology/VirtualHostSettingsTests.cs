using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

/// <summary>Description, tags and default queue type of virtual hosts.</summary>
public sealed class VirtualHostSettingsTests
{
    private readonly TestHost _test = new();

    [Fact]
    public void Restart_KeepsSettings()
    {
        _test.Definitions.VirtualHosts.Put("tenant", new VirtualHostSettings("of tests", ["a", "b"], "quorum"), out bool isNew);
        Assert.True(isNew);
        TestHost after = _test.Restart();
        VirtualHostSettings settings = Find(after, "tenant").Settings;
        Assert.Equal(("of tests", "quorum"), (settings.Description, settings.DefaultQueueType));
        Assert.Equal(["a", "b"], settings.Tags);

        after.Definitions.VirtualHosts.Put("tenant", VirtualHostSettings.None, out isNew);
        Assert.False(isNew);
        settings = Find(after.Restart(), "tenant").Settings;
        Assert.Equal((string.Empty, 0, null), (settings.Description, settings.Tags.Count, settings.DefaultQueueType));
    }

    [Fact]
    public void DeclareQueue_WithoutType_GetsTheDefaultWhereItFits()
    {
        Declare("before");
        SetType("quorum");

        Assert.Equal("quorum", TypeOf(Declare("plain")));
        Assert.Equal("quorum", TypeOf(Declare("plain"))); // The same again is no other declaration.
        Assert.Equal(QueueType.Quorum, Declare("plain").Effective.QueueType);
        Assert.Null(TypeOf(Declare("transient", durable: false)));
        Assert.Null(TypeOf(Declare("passing", autoDelete: true)));
        Assert.Equal("classic", TypeOf(Declare("named", new FieldTable { ["x-queue-type"] = "classic" })));
        Assert.Null(TypeOf(Declare("before"))); // It is there and of another type.
        Queue limited = Declare("limited", new FieldTable { ["x-max-length"] = 5L });
        Assert.Equal((5, "quorum"), (limited.Effective.MaxLength, TypeOf(limited)));
        Assert.Equal("quorum", TypeOf(Assert.Single(Find(_test.Restart(), "/").ListQueues(), queue => queue.Name == "plain")));
    }

    private static string? TypeOf(Queue queue) => queue.Settings.Arguments is { } arguments && arguments.TryGetString("x-queue-type", out string? type) ? type : null;

    private static VirtualHost Find(TestHost test, string name) => test.Definitions.VirtualHosts.TryGet(name, out VirtualHost? host) ? host : throw new KeyNotFoundException(name);

    private void SetType(string type) => _test.Definitions.VirtualHosts.Put("/", VirtualHostSettings.None with { DefaultQueueType = type }, out _);

    private Queue Declare(string name, FieldTable? arguments = null, bool durable = true, bool autoDelete = false) =>
        _test.Host.DeclareQueue(new QueueSettings(name, durable, Exclusive: false, autoDelete, arguments, Owner: null)).Queue;
}
