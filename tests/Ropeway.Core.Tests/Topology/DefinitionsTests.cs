using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Topology;

public sealed class DefinitionsTests
{
    [Fact]
    public void Open_EmptyStore_MakesWhatTheFirstStartNeeds()
    {
        var metadata = new MemoryMetadata();
        Definitions first = Open(metadata, "shop", "anna");
        Definitions second = Open(metadata, "other", "otto"); // Not the first start any more.

        foreach (Definitions definitions in (Definitions[])[first, second])
        {
            Assert.Equal("shop", Assert.Single(definitions.VirtualHosts.All).Name);
            User anna = Assert.Single(definitions.Users.All);
            Assert.True(anna.HasTag(UserTags.Administrator));
            Assert.True(definitions.Permissions.Authorize(anna, "shop", AccessOperation.Configure, "anything"));
            Assert.False(definitions.Permissions.CanEnter(anna, "other"));
        }
    }

    [Fact]
    public void Open_FirstStartInterrupted_IsCompleted()
    {
        var metadata = new MemoryMetadata();
        metadata.Put(StoredEntry.VirtualHostKey("/"), StoredEntry.EmptyValue());
        Definitions definitions = Open(metadata, "/", "guest");

        Assert.Single(definitions.VirtualHosts.All);
        Assert.Single(definitions.Users.All);
    }

    [Fact]
    public void Open_WithDefinitionsFromElsewhere_MakesNothingNorLater()
    {
        var metadata = new MemoryMetadata();
        Definitions definitions = Definitions.Open(metadata, new CountedLogs(), firstStart: null, NullLogger.Instance);
        Assert.Empty(definitions.VirtualHosts.All);
        Assert.Empty(definitions.Users.All);
        using var password = new Secret("s3cret");
        definitions.Users.Put("imported", password, [UserTags.Administrator]);

        Assert.Equal("imported", Assert.Single(Open(metadata, "/", "guest").Users.All).Name);
        Assert.Equal("guest", Assert.Single(Open(new MemoryMetadata(), "/", "guest").Users.All).Name);
    }

    [Fact]
    public async Task Users_AndPermissions_SurviveARestart()
    {
        var metadata = new MemoryMetadata();
        Definitions definitions = Open(metadata, "/", "guest");
        using var password = new Secret("s3cret");
        definitions.Users.Put("otto", password, [UserTags.Monitoring, UserTags.Management]);
        Assert.True(definitions.Permissions.TrySet(new PermissionGrant("otto", "/", "^otto\\.", ".*", string.Empty), out _, out _));
        definitions = Open(metadata, "/", "guest");

        Assert.True(definitions.Users.TryGet("otto", out User? otto));
        Assert.Equal("monitoring management", string.Join(' ', otto.Tags));
        Assert.True(definitions.Permissions.Authorize(otto, "/", AccessOperation.Configure, "otto.q"));
        Assert.False(definitions.Permissions.Authorize(otto, "/", AccessOperation.Configure, "anna.q"));
        Assert.False(definitions.Permissions.Authorize(otto, "/", AccessOperation.Read, "otto.q"));
        using var authenticator = new Authenticator(definitions.Users, [], TimeProvider.System);
        Assert.Equal(LoginStatus.Accepted, (await authenticator.AuthenticateAsync("otto", password, peer: null, CancellationToken.None)).Status);

        definitions.Users.Delete("otto");
        definitions = Open(metadata, "/", "guest");
        Assert.False(definitions.Users.TryGet("otto", out _));
        Assert.Equal("guest", Assert.Single(definitions.Permissions.All).User);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Permissions_SetWhileTheirUserOrHostIsDeleted_AreNotThereForTheNextOfThatName(bool isUser)
    {
        var test = new TestHost();
        Definitions definitions = test.Definitions;
        AddUser(definitions, "otto");
        definitions.VirtualHosts.Create("tenant", out _);
        bool isSet = false;
        test.Metadata.Applying = () =>
        {
            test.Metadata.Applying = null;
            isSet = definitions.Permissions.TrySet(new PermissionGrant("otto", "tenant", ".*", ".*", ".*"), out _, out _)
                || definitions.Permissions.Topics.TrySet(new TopicGrant("otto", "tenant", "amq.topic", ".*", ".*"), out _, out _);
        };

        _ = isUser ? definitions.Users.Delete("otto") : definitions.VirtualHosts.Delete("tenant");
        AddUser(definitions, "otto");
        definitions.VirtualHosts.Create("tenant", out _);

        Assert.Null(test.Metadata.Applying);
        Assert.False(isSet);
        Assert.Empty(definitions.Permissions.All);
        Assert.Empty(test.Restart().Definitions.Permissions.Topics.All);
    }

    [Fact]
    public void Permissions_OfAUserOrForAHostThatIsNotThere_AreNotSet()
    {
        var test = new TestHost();
        AddUser(test.Definitions, "otto");

        Assert.False(test.Definitions.Permissions.TrySet(new PermissionGrant("otto", "nosuch", ".*", ".*", ".*"), out ulong index, out string? problem));
        Assert.False(test.Definitions.Permissions.TrySet(new PermissionGrant("nosuch", "/", ".*", ".*", ".*"), out _, out _));
        Assert.False(test.Definitions.Permissions.Topics.TrySet(new TopicGrant("nosuch", "/", "amq.topic", ".*", ".*"), out _, out _));
        Assert.Equal((0ul, null), (index, problem));
        Assert.Empty(test.Restart().Definitions.Permissions.All);
    }

    [Fact]
    public void Restart_EverythingDurable_IsThereAndTheRestIsNot()
    {
        var test = new TestHost();
        test.Exchange("x", ExchangeType.Topic, durable: true, arguments: new FieldTable { ["alternate-exchange"] = "y" });
        test.Exchange("y", ExchangeType.Fanout, durable: true, autoDelete: true);
        test.Exchange("transient", ExchangeType.Fanout);
        test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum" });
        test.Queue("r");
        test.Bind("x", "q", "a.#");
        test.Bind("y", "q");
        test.Bind("x", "r", "#");
        test.Host.BindExchange("x", "y", "z", new FieldTable { ["note"] = true });
        TestHost restarted = test.Restart();

        Assert.Equal("q", restarted.Route("x", "a.b"));
        Assert.Equal("q", restarted.Route("x", "nothing")); // Over the alternate exchange.
        Assert.Equal("q", restarted.Route("x", "z"));
        Assert.False(restarted.Host.TryGetExchange("transient", out _));
        Assert.False(restarted.Host.TryGetQueue("r", out _));
        Exchange y = restarted.Host.GetExchange("y");
        Assert.True(y is { AutoDelete: true, Durable: true, Internal: false, Type: ExchangeType.Fanout });
        Assert.Equal(test.Host.GetQueue("q", owner: null).Log.Id, restarted.Host.GetQueue("q", owner: null).Log.Id);
        Assert.False(restarted.Host.DeclareExchange(test.Host.GetExchange("x").Settings).Created);
        Assert.Equal(3, restarted.Host.ListBindings().Count);
        restarted.Unbind("y", "q"); // Found again under the same key,
        Assert.False(restarted.Host.TryGetExchange("y", out _)); // and its exchange goes with it.
    }

    [Fact]
    public void Restart_LeftoversOfAnInterruptedDeletion_AreRemoved()
    {
        var test = new TestHost();
        test.Queue("q", durable: true);
        test.Exchange("x", ExchangeType.Fanout, durable: true);
        int clean = test.Metadata.Count;
        test.Metadata.Put(StoredEntry.BindingKey("/", "gone", toQueue: true, "q", "k", []), StoredEntry.BindingValue(arguments: null));
        test.Metadata.Put(StoredEntry.BindingKey("/", "x", toQueue: true, "gone", "k", []), StoredEntry.BindingValue(arguments: null));
        test.Metadata.Put(StoredEntry.QueueKey("gone", "q"), StoredEntry.QueueValue(test.Host.GetQueue("q", owner: null).Settings, 77));
        test.Metadata.Put(StoredEntry.ExchangeKey("gone", "x"), StoredEntry.ExchangeValue(test.Host.GetExchange("x").Settings));
        test.Metadata.Logs.Add(77); // An id that the store does not know is ignored there.
        test.Restart();

        Assert.Equal(clean, test.Metadata.Count);
        Assert.DoesNotContain(77u, test.Metadata.Logs);
    }

    [Theory]
    [InlineData("09")] // Unknown kind.
    [InlineData("0201")] // Cut off.
    [InlineData("020100410100")]
    public void Open_UnreadableKey_IsRefused(string key)
    {
        var metadata = new MemoryMetadata();
        metadata.Put(Convert.FromHexString(key), [1]);

        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => Open(metadata, "/", "guest")).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")] // Newer version.
    [InlineData("01")]
    [InlineData("016300")] // Unknown exchange type.
    [InlineData("01010000000005")] // A table that is cut off.
    public void Open_UnreadableExchange_IsRefused(string value)
    {
        var metadata = new MemoryMetadata();
        metadata.Put(StoredEntry.ExchangeKey("/", "x"), Convert.FromHexString(value));

        Assert.Equal(StoreFault.Damaged, Assert.Throws<StoreException>(() => Open(metadata, "/", "guest")).Kind);
    }

    [Fact]
    public void StoredEntries_KnownObjects_HaveTheDocumentedBytes()
    {
        Assert.Equal("0101002F", Convert.ToHexString(StoredEntry.VirtualHostKey("/")));
        Assert.Equal("0201002F010078", Convert.ToHexString(StoredEntry.ExchangeKey("/", "x")));
        Assert.Equal(
            "010303",
            Convert.ToHexString(StoredEntry.ExchangeValue(new ExchangeSettings("x", ExchangeType.Topic, Durable: true, AutoDelete: true, Internal: true, Arguments: null))));
        Assert.Equal("0301002F010071", Convert.ToHexString(StoredEntry.QueueKey("/", "q")));
        Assert.Equal(
            "01070000000000000000" + "0000000401614205",
            Convert.ToHexString(StoredEntry.QueueValue(new QueueSettings("q", Durable: true, Exclusive: false, AutoDelete: false, new FieldTable { ["a"] = (byte)5 }, Owner: null), 7)));
        Assert.Equal("0401002F0100780101007101006B", Convert.ToHexString(StoredEntry.BindingKey("/", "x", toQueue: true, "q", "k", [])));
        Assert.Equal("050100" + "75", Convert.ToHexString(StoredCredentials.UserKey("u")));
        Assert.Equal("0601002F010075", Convert.ToHexString(StoredCredentials.PermissionKey("u", "/")));
    }

    [Fact]
    public void Restart_ManyQueuesAndBindings_AreAllThere()
    {
        const int Count = 20_000;
        var test = new TestHost();
        for (int i = 0; i < Count; i++)
        {
            test.Queue($"queue {i}", durable: true);
            test.Bind("amq.topic", $"queue {i}", $"orders.{i}.*");
        }

        TestHost restarted = test.Restart();
        Assert.Equal(Count, restarted.Host.ListQueues().Count);
        Assert.Equal("queue 12345", restarted.Route("amq.topic", "orders.12345.new"));
        Assert.Equal("queue 19999", restarted.Route(string.Empty, "queue 19999"));
    }

    [Fact]
    public void VirtualHosts_AreSeparateAndGoAsAWhole()
    {
        var test = new TestHost();
        VirtualHosts hosts = test.Definitions.VirtualHosts;
        Assert.NotEqual(0u, hosts.Create("tenant", out VirtualHost tenant));
        Assert.Equal(0u, hosts.Create("tenant", out VirtualHost again));
        Assert.Same(tenant, again);
        for (int i = 0; i < 3000; i++)
        {
            tenant.DeclareQueue(new QueueSettings($"q{i}", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
            tenant.BindQueue("amq.topic", $"q{i}", new string('k', 200), arguments: null, owner: null);
        }

        test.Definitions.Permissions.TrySet(new PermissionGrant("guest", "tenant", ".*", ".*", ".*"), out _, out _);
        test.Queue("q0", durable: true);
        Assert.Equal(2, test.Restart().Definitions.VirtualHosts.All.Count);
        hosts.Delete("tenant");

        Assert.False(hosts.TryGet("tenant", out _));
        Refusals.AssertRefused(RefusalReason.NotFound, "vhost 'tenant' not found", () => hosts.Delete("tenant"));
        Refusals.AssertRefused(
            RefusalReason.NotFound,
            "vhost 'tenant' not found",
            () => tenant.DeclareQueue(new QueueSettings("late", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null)));
        TestHost restarted = test.Restart();
        Assert.Single(restarted.Definitions.VirtualHosts.All);
        Assert.Empty(restarted.Definitions.Permissions.All);
        Assert.Single(test.Metadata.Logs);
        Assert.Single(restarted.Host.ListQueues());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void VirtualHosts_NameOfNoOrTooManyBytes_IsRefused(string? name) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        "a vhost name holds 1 to 255 bytes",
        () => new TestHost().Definitions.VirtualHosts.Create(name ?? new string('v', 256), out _));

    private static void AddUser(Definitions definitions, string name) =>
        definitions.Users.Put(new StoredUser(new User(name, []), PasswordHash.Create("secret"u8, iterations: 1)));

    private static Definitions Open(MemoryMetadata metadata, string host, string user)
    {
        using var password = new Secret("guest");
        return Definitions.Open(metadata, new CountedLogs(), new FirstStart(host, user, password), NullLogger.Instance);
    }
}
