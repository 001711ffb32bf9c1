using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Tests;

/// <summary>Imports that delete what is not in the file.</summary>
public sealed class DefinitionPruneTests : IAsyncLifetime, IDisposable
{
    private const string Basics = """
        {"users":[{"name":"guest","password":"guest","tags":"administrator"}],"vhosts":[{"name":"/"}],"permissions":[{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"}]}
        """;

    private static readonly string OnlyBasics = Pruning.Whole(Basics);

    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Diff_WithPrune_NamesWhatIsNotInTheFile_AndChangesNothing()
    {
        await FillAsync();
        string before = await ExportAsync();

        JsonElement diff = await _rig.JsonAsync("POST", Pruning.Diff, OnlyBasics);

        Assert.Equal(
            [
                "users ada", "vhosts shop", "permissions shop guest", "topic_permissions / ada", "global_parameters note", "parameters / capped", "parameters / limits", "policies / short",
                "exchanges / orders", "queues / mail", "bindings / orders to mail, k",
            ],
            Named(diff, "delete"));
        Assert.Equal((11, 0), (diff.GetProperty("delete").GetInt32(), diff.GetProperty("left").GetInt32()));
        Assert.All(diff.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() == "delete"), entry => Assert.Equal(JsonValueKind.Null, entry.GetProperty("index").ValueKind));
        Assert.Equal(before, await ExportAsync());
        Assert.Equal(0, (await _rig.JsonAsync("POST", "/api/ropeway/definitions/diff", OnlyBasics)).GetProperty("delete").GetInt32());
    }

    [Fact]
    public async Task Diff_WithPrune_LeavesSectionsAloneThatTheFileDoesNotHave()
    {
        await FillAsync();

        JsonElement diff = await _rig.JsonAsync("POST", Pruning.Diff, """{"policies":[],"global_parameters":null}""");

        Assert.Equal(["policies / short"], Named(diff, "delete"));
        Assert.Equal(0, diff.GetProperty("left").GetInt32());
    }

    [Fact]
    public async Task Diff_WithPrune_OfALongFile_StillNamesWhatWouldBeDeleted()
    {
        await FillAsync();
        string queues = string.Join(',', Enumerable.Range(0, 2001).Select(i => $$"""{"name":"q{{i}}","vhost":"/"}"""));

        JsonElement diff = await _rig.JsonAsync("POST", Pruning.Diff, Pruning.Whole($$"""{"queues":[{{queues}}],"vhosts":[{"name":"shop"}]}"""));

        Assert.Contains("policies / short", Named(diff, "delete"));
        Assert.Equal(diff.GetProperty("add").GetInt32() + diff.GetProperty("refused").GetInt32() + diff.GetProperty("delete").GetInt32() + diff.GetProperty("left").GetInt32(), diff.GetProperty("entries").GetArrayLength() + diff.GetProperty("more_entries").GetInt32());
    }

    [Fact]
    public async Task Import_WithPrune_LeavesWhatTheFileNamesOnly()
    {
        await FillAsync();
        string document = """{"policies":[{"vhost":"/","name":"kept","pattern":"^a","definition":{"max-length":3}}],"queues":[{"name":"new","vhost":"/","durable":true}],""" + Basics.Trim()[1..];

        JsonElement done = await PruneAsync(document);

        Assert.Equal((2, 1, 11), (done.GetProperty("import").GetProperty("added").GetInt32(), done.GetProperty("import").GetProperty("changed").GetInt32(), done.GetProperty("import").GetProperty("deleted").GetInt32()));
        JsonElement now = JsonSerializer.Deserialize<JsonElement>(await ExportAsync());
        Assert.Equal(["guest"], NamesIn(now, "users"));
        Assert.Equal(["/"], NamesIn(now, "vhosts"));
        Assert.Equal(["kept"], NamesIn(now, "policies"));
        Assert.Equal(["new"], NamesIn(now, "queues"));
        Assert.Equal((0, 0, 0, 0), (now.GetProperty("parameters").GetArrayLength(), now.GetProperty("topic_permissions").GetArrayLength(), now.GetProperty("exchanges").GetArrayLength(), now.GetProperty("bindings").GetArrayLength()));
        Assert.Equal(404, await _rig.StatusAsync("GET", "/api/global-parameters/note"));
        Assert.Equal(200, await _rig.StatusAsync("GET", "/api/exchanges/%2F/amq.topic"));
        Assert.Equal("2 added, 1 changed, 11 deleted", (await _rig.JsonAsync("GET", "/api/ropeway/audit"))[0].GetProperty("object").GetString());
    }

    [Fact]
    public async Task Diff_WithPrune_LeavesWhatIsInUse()
    {
        await _rig.StatusAsync("PUT", "/api/users/online", """{"password":"p","tags":""}""");
        using var online = new Registration(_rig.Broker, "online", out _, out FakeConnection connection);
        Queue full = _rig.Declare("full");
        await _rig.StatusAsync("PUT", "/api/exchanges/%2F/feed", """{"type":"fanout"}""");
        await _rig.StatusAsync("POST", "/api/bindings/%2F/e/feed/q/full", "{}");
        await _rig.PublishAsync("full", 1);
        Queue read = _rig.Declare("read");
        read.AddConsumer(new FakeConsumer(read));
        await _rig.StatusAsync("PUT", "/api/queues/%2F/passing", """{"auto_delete":true}""");
        await _rig.StatusAsync("PUT", "/api/exchanges/%2F/transient", """{"type":"fanout","auto_delete":true}""");
        string made = Host("/").DeclareQueue(new QueueSettings(string.Empty, Durable: false, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null)).Queue.Name;
        await _rig.StatusAsync("PUT", "/api/exchanges/%2F/news", """{"type":"fanout"}""");
        Host("/").DeclareQueue(new QueueSettings("own", Durable: false, Exclusive: true, AutoDelete: false, Arguments: null, Owner: connection));
        Host("/").BindQueue("news", "own", string.Empty, arguments: null, connection);
        _rig.Declare("idle");

        JsonElement diff = await _rig.JsonAsync("POST", Pruning.Diff, Pruning.Whole("""{"users":[],"vhosts":[],"permissions":[]}"""));

        Assert.Equal(["permissions / guest", "queues / idle"], Named(diff, "delete"));
        Assert.Equal(
            [
                "users guest: it is the user who asks",
                "users online: it has open connections",
                "vhosts /: it has open connections",
                "exchanges / feed: binding 'feed to full, ' needs it",
                "exchanges / news: binding 'news to own, ' needs it",
                "exchanges / transient: it is auto-delete and goes with its last binding",
                $"queues / {made}: its name was made for a client",
                "queues / full: it has messages",
                "queues / passing: it is auto-delete and goes with its last consumer",
                "queues / read: it has consumers",
                "bindings / feed to full, : queue 'full' stays",
            ],
            Named(diff, "left"));

        await PruneAsync("""{"users":[],"vhosts":[],"permissions":[]}""");
        Assert.Equal(1, full.MessageCount);
        Assert.True(Host("/").TryGetQueue("own", out _));
        Assert.False(Host("/").TryGetQueue("idle", out _));
    }

    [Fact]
    public async Task Diff_WithPrune_LeavesAVirtualHostWhoseQueueHasMessages()
    {
        await _rig.StatusAsync("PUT", "/api/vhosts/shop");
        await _rig.StatusAsync("PUT", "/api/permissions/shop/guest", """{"configure":".*","write":".*","read":".*"}""");
        await _rig.StatusAsync("PUT", "/api/queues/shop/full", """{"durable":true}""");
        await _rig.StatusAsync("POST", "/api/exchanges/shop/amq.default/publish", """{"routing_key":"full","payload":"x","payload_encoding":"string","properties":{}}""");

        JsonElement diff = await PruneAsync(OnlyBasics);

        Assert.Equal(["vhosts shop: queue 'full' needs it", "queues shop full: it has messages"], Named(diff, "left"));
        Assert.True(Host("shop").TryGetQueue("full", out Queue? full));
        Assert.Equal(1, full.MessageCount);
    }

    [Fact]
    public async Task Diff_WithPrune_LeavesWhatTheFileNeeds()
    {
        await FillAsync();
        string document = """{"bindings":[{"source":"orders","vhost":"/","destination":"mail","destination_type":"queue","routing_key":"k"}],"topic_permissions":[{"user":"ada","vhost":"/","exchange":"amq.topic","write":"^a","read":".*"}],""" + Basics.Trim()[1..];

        JsonElement diff = await PruneAsync(document);

        Assert.Equal(
            ["users ada: topic permission 'ada' needs it", "exchanges / orders: binding 'orders to mail, k' needs it", "queues / mail: binding 'orders to mail, k' needs it"],
            Named(diff, "left"));
        Assert.Equal(["mail"], NamesIn(JsonSerializer.Deserialize<JsonElement>(await ExportAsync()), "queues"));
    }

    [Fact]
    public async Task Import_WithPrune_IntoOneVirtualHost_DeletesThereOnly()
    {
        await FillAsync();
        await _rig.StatusAsync("PUT", "/api/queues/shop/stock", "{}");
        await _rig.StatusAsync("PUT", "/api/policies/shop/low", """{"pattern":"^s","definition":{"max-length":5}}""");

        JsonElement done = await PruneAsync("""{"queues":[{"name":"only","durable":true}]}""", "&vhost=shop");

        Assert.Equal(["policies shop low", "queues shop stock"], Named(done, "delete"));
        JsonElement now = JsonSerializer.Deserialize<JsonElement>(await ExportAsync());
        Assert.Equal(["ada", "guest"], NamesIn(now, "users"));
        Assert.Equal(["mail", "only"], NamesIn(now, "queues"));
        Assert.Equal(["short"], NamesIn(now, "policies"));
    }

    [Fact]
    public async Task Import_WithPrune_HoldsOnlyForTheStateOfItsOwnDiff()
    {
        await FillAsync();
        string before = await ExportAsync();
        string unpruned = (await _rig.JsonAsync("POST", "/api/ropeway/definitions/diff", OnlyBasics)).GetProperty("state").GetString()!;

        Assert.Equal(400, await _rig.StatusAsync("POST", "/api/ropeway/definitions?prune=true", OnlyBasics));
        Assert.Equal(400, await _rig.StatusAsync("POST", "/api/definitions?prune=true", OnlyBasics));
        Assert.Equal(409, await _rig.StatusAsync("POST", Pruning.Import + unpruned, OnlyBasics));
        Assert.Equal(before, await ExportAsync());
    }

    [Fact]
    public async Task Import_WithPrune_WhenAQueueHasGotAMessageSince_IsRefusedWithTheNewDiff()
    {
        await FillAsync();
        string state = (await _rig.JsonAsync("POST", Pruning.Diff, OnlyBasics)).GetProperty("state").GetString()!;
        await _rig.PublishAsync("mail", 1);

        using HttpResponseMessage refused = await _rig.SendAsync("POST", Pruning.Import + state, OnlyBasics);

        Assert.Equal(409, (int)refused.StatusCode);
        Assert.Contains("queues / mail: it has messages", Named(JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync()), "left"));
        Assert.Equal(200, await _rig.StatusAsync("GET", "/api/queues/%2F/mail"));
    }

    [Fact]
    public async Task Import_WithPrune_WhenAnEntryIsRefused_DeletesNothing()
    {
        await FillAsync();
        string document = """{"queues":[{"name":"lost","vhost":"nowhere"}],""" + Basics.Trim()[1..];
        string before = await ExportAsync();
        string state = (await _rig.JsonAsync("POST", Pruning.Diff, document)).GetProperty("state").GetString()!;

        Assert.Equal(400, await _rig.StatusAsync("POST", Pruning.Import + state, document));
        Assert.Equal(before, await ExportAsync());
    }

    private static string[] NamesIn(JsonElement document, string section) => [.. document.GetProperty(section).EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>Section, virtual host, name and reason of the entries of a kind.</summary>
    private static string[] Named(JsonElement diff, string kind) =>
    [
        .. diff.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() == kind).Select(entry =>
            string.Join(' ', new[] { "section", "vhost", "name" }.Select(field => entry.GetProperty(field).GetString()).Where(text => text is not null)) + (entry.GetProperty("reason").GetString() is { } reason ? $": {reason}" : string.Empty)),
    ];

    private VirtualHost Host(string name) => _rig.Broker.VirtualHosts.TryGet(name, out VirtualHost? host) ? host : throw new InvalidOperationException(name);

    /// <summary>One of everything.</summary>
    private async Task FillAsync()
    {
        await _rig.StatusAsync("PUT", "/api/vhosts/shop");
        await _rig.StatusAsync("PUT", "/api/permissions/shop/guest", """{"configure":".*","write":".*","read":".*"}""");
        await _rig.StatusAsync("PUT", "/api/users/ada", """{"password":"secret","tags":"management"}""");
        await _rig.StatusAsync("PUT", "/api/topic-permissions/%2F/ada", """{"exchange":"amq.topic","write":"^a","read":".*"}""");
        await _rig.StatusAsync("PUT", "/api/global-parameters/note", """{"value":{"a":1}}""");
        await _rig.StatusAsync("PUT", "/api/operator-policies/%2F/capped", """{"pattern":".*","definition":{"max-length":500}}""");
        await _rig.StatusAsync("PUT", "/api/vhost-limits/%2F/max-queues", """{"value":50}""");
        await _rig.StatusAsync("PUT", "/api/policies/%2F/short", """{"pattern":"^a","definition":{"max-length":5}}""");
        await _rig.StatusAsync("PUT", "/api/exchanges/%2F/orders", """{"type":"direct","durable":true}""");
        await _rig.StatusAsync("PUT", "/api/queues/%2F/mail", """{"durable":true}""");
        await _rig.StatusAsync("POST", "/api/bindings/%2F/e/orders/q/mail", """{"routing_key":"k"}""");
    }

    private Task<JsonElement> PruneAsync(string given, string more = "") => Pruning.ImportAsync(_rig, given, more);

    private async Task<string> ExportAsync() => (await _rig.JsonAsync("GET", "/api/definitions")).GetRawText();
}
