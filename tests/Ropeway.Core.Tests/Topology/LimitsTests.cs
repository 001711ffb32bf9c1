using Ropeway.Core.Limits;
using Ropeway.Core.Topology;
using Ropeway.Security;

namespace Ropeway.Core.Tests.Topology;

/// <summary>Limits of virtual hosts and users: how they are kept. What they do to connections is tested with the session.</summary>
public sealed class LimitsTests
{
    private readonly TestHost _test = new();

    [Fact]
    public void DeclareQueue_HostHasAsManyAsItMayHave_IsRefused()
    {
        _test.Queue("a");
        Assert.NotEqual(0u, _test.Host.SetLimit("max-queues", 2));
        _test.Queue("b");

        Refusals.AssertRefused(
            RefusalReason.PreconditionFailed, "cannot declare queue 'c': queue limit in vhost '/' (2) is reached", () => _test.Queue("c"));
        _test.Queue("a"); // There already.
        _test.Host.DeleteQueue("a", owner: null, ifUnused: false, ifEmpty: false);
        _test.Queue("c");
        _test.Host.SetLimit("max-queues", -1); // Negative: none.
        _test.Queue("d");
        _test.Host.SetLimit("max-queues", 0);
        Assert.Throws<RefusedException>(() => _test.ExclusiveQueue("e", new object()));
        _test.Host.SetLimit("max-queues", null);
        _test.Queue("e");
    }

    [Fact]
    public void Restart_KeepsLimits()
    {
        _test.Host.SetLimit("max-queues", 5);
        _test.Host.SetLimit("max-connections", -1);
        _test.Host.SetLimit("max-ready-messages", 1_000_000);
        _test.Host.SetLimit("max-ready-bytes", 5_000_000_000);
        PutUser("anna");
        _test.Definitions.LimitsOfUsers.Set("anna", "max-channels", 7);
        _test.Definitions.LimitsOfUsers.Set("anna", "max-connections", 3);
        _test.Definitions.LimitsOfUsers.Set("anna", "max-connections", null);
        TestHost after = _test.Restart();

        Assert.Equal(new VirtualHostLimits(ConnectionsMax: -1, QueuesMax: 5, ReadyMessagesMax: 1_000_000, ReadyBytesMax: 5_000_000_000), after.Host.Limits);
        Assert.Equal(new UserLimits(ConnectionsMax: null, ChannelsMax: 7), after.Definitions.LimitsOfUsers.Get("anna"));
        Assert.Equal("anna", Assert.Single(after.Definitions.LimitsOfUsers.All).Key);
        after.Host.SetLimit("max-queues", null);
        after.Host.SetLimit("max-connections", null);
        Assert.Equal(new VirtualHostLimits(ReadyMessagesMax: 1_000_000, ReadyBytesMax: 5_000_000_000), after.Restart().Host.Limits);
        after.Host.SetLimit("max-ready-messages", null);
        after.Host.SetLimit("max-ready-bytes", null);
        Assert.NotEqual(0u, after.Definitions.LimitsOfUsers.Clear("anna"));
        Assert.Equal(0u, after.Definitions.LimitsOfUsers.Clear("anna"));
        after = after.Restart();
        Assert.Equal(VirtualHostLimits.None, after.Host.Limits);
        Assert.Empty(after.Definitions.LimitsOfUsers.All);
    }

    [Fact]
    public void Restart_LimitsOfAFormerRelease_AreRead()
    {
        byte[] value = new EntryWriter().Byte(StoredEntry.Version).Byte(1).UInt64(7).Byte(0).UInt64(0).ToArray();
        _test.Metadata.Put(StoredLimits.VirtualHostKey("/"), value);

        Assert.Equal(new VirtualHostLimits(ConnectionsMax: 7), _test.Restart().Host.Limits);
    }

    [Fact]
    public void Restart_LimitsOfWhatIsGone_AreRemoved()
    {
        _test.Definitions.VirtualHosts.Create("tenant", out VirtualHost host);
        host.SetLimit("max-queues", 1);
        _test.Definitions.VirtualHosts.Delete("tenant");
        PutUser("anna");
        _test.Definitions.LimitsOfUsers.Set("anna", "max-channels", 7);
        _test.Definitions.Users.Delete("anna"); // A crash before its limits went as well.
        TestHost after = _test.Restart();
        after.Definitions.VirtualHosts.Create("tenant", out host);

        Assert.Equal(VirtualHostLimits.None, host.Limits);
        Assert.Empty(after.Definitions.LimitsOfUsers.All);
        Assert.Empty(after.Restart().Definitions.LimitsOfUsers.All);
    }

    [Fact]
    public void Set_UnknownNameOrUser_IsRefused()
    {
        PutUser("anna");
        Refusals.AssertRefused(
            RefusalReason.PreconditionFailed, "Unrecognised terms [{<<\"max-dogs\">>,5}] in limits", () => _test.Host.SetLimit("max-dogs", 5));
        Refusals.AssertRefused(
            RefusalReason.PreconditionFailed,
            "Unrecognised terms [{<<\"max-queues\">>,5}] in user-limits",
            () => _test.Definitions.LimitsOfUsers.Set("anna", "max-queues", 5));
        Refusals.AssertRefused(RefusalReason.NotFound, "user 'nobody' not found", () => _test.Definitions.LimitsOfUsers.Set("nobody", "max-channels", 5));
    }

    private void PutUser(string name) => _test.Definitions.Users.Put(new StoredUser(new User(name, []), password: null));
}
