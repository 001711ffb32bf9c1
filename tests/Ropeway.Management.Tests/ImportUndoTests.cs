using System.Text.Json;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Tests;

/// <summary>Taking imports of definitions back.</summary>
public sealed class ImportUndoTests : IAsyncLifetime, IDisposable
{
    private const string Imports = "/api/ropeway/definitions/imports";

    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Undo_OfAnImportThatAddedChangedAndDeleted_BringsBackWhatWas()
    {
        await _rig.StatusAsync("PUT", "/api/vhosts/shop", """{"description":"the shop","tags":"a,b"}""");
        await _rig.StatusAsync("PUT", "/api/permissions/shop/guest", """{"configure":".*","write":".*","read":".*"}""");
        await _rig.StatusAsync("PUT", "/api/queues/shop/stock", """{"durable":true,"arguments":{"x-max-length":7}}""");
        await _rig.StatusAsync("PUT", "/api/users/ada", """{"password":"secret","tags":"management"}""");
        await _rig.StatusAsync("PUT", "/api/user-limits/ada/max-connections", """{"value":3}""");
        await _rig.StatusAsync("PUT", "/api/users/berta", """{"password":"berta","tags":"monitoring"}""");
        await _rig.StatusAsync("PUT", "/api/permissions/%2F/berta", """{"configure":"","write":"","read":".*"}""");
        await _rig.StatusAsync("PUT", "/api/topic-permissions/%2F/berta", """{"exchange":"amq.topic","write":"^a","read":".*"}""");
        await _rig.StatusAsync("PUT", "/api/global-parameters/note", """{"value":{"a":1}}""");
        await _rig.StatusAsync("PUT", "/api/operator-policies/%2F/capped", """{"pattern":".*","definition":{"max-length":500}}""");
        await _rig.StatusAsync("PUT", "/api/vhost-limits/%2F/max-queues", """{"value":50}""");
        await _rig.StatusAsync("PUT", "/api/policies/%2F/short", """{"pattern":"^a","definition":{"max-length":5}}""");
        await _rig.StatusAsync("PUT", "/api/policies/%2F/gone", """{"pattern":"^b","definition":{"max-length":6},"priority":3}""");
        await _rig.StatusAsync("PUT", "/api/exchanges/%2F/orders", """{"type":"topic","durable":true}""");
        await _rig.StatusAsync("PUT", "/api/queues/%2F/mail", """{"durable":true}""");
        await _rig.StatusAsync("POST", "/api/bindings/%2F/e/orders/q/mail", """{"routing_key":"k","arguments":{"x":1}}""");
        string before = await ExportAsync();

        JsonElement import = await PruneAsync("""
            {"users":[{"name":"guest","password":"guest","tags":"administrator"},{"name":"ada","password":"other","tags":"monitoring","limits":{"max-connections":9,"max-channels":4}},{"name":"carla","password":"c","tags":""}],
             "vhosts":[{"name":"/"},{"name":"new"}],
             "permissions":[{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"},{"user":"carla","vhost":"new","configure":"","write":"","read":""}],
             "parameters":[{"component":"vhost-limits","vhost":"/","name":"limits","value":{"max-queues":60}}],
             "policies":[{"vhost":"/","name":"short","pattern":"^z","definition":{"max-length":8}}],
             "exchanges":[{"name":"added","vhost":"new","type":"fanout","auto_delete":true}],
             "queues":[{"name":"fresh","vhost":"new","durable":true},{"name":"passing","vhost":"/","auto_delete":true}],
             "bindings":[{"source":"added","vhost":"new","destination":"fresh","destination_type":"queue","routing_key":""}]}
            """);
        Assert.NotEqual(before, await ExportAsync());

        JsonElement undone = await _rig.JsonAsync("POST", UndoOf(import));

        Assert.Empty(undone.GetProperty("left").EnumerateArray());
        Assert.Equal((import.GetProperty("added").GetInt32(), import.GetProperty("changed").GetInt32() + import.GetProperty("deleted").GetInt32()), (undone.GetProperty("deleted").GetInt32(), undone.GetProperty("restored").GetInt32()));
        Assert.True(undone.GetProperty("import").GetProperty("undone").GetBoolean());
        Assert.Equal(Sorted(before), Sorted(await ExportAsync()));
        Assert.Equal(200, await _rig.StatusAsync("GET", "/api/whoami", login: "ada:secret"));
    }

    [Fact]
    public async Task Undo_ASecondTime_IsRefused()
    {
        await _rig.StatusAsync("POST", "/api/definitions", """{"queues":[{"name":"a","vhost":"/"}]}""");
        JsonElement import = (await _rig.JsonAsync("GET", Imports))[0];
        Assert.Equal(200, await _rig.StatusAsync("POST", UndoOf(import)));

        Assert.Equal((409, "conflict", $"import '{import.GetProperty("id").GetString()}' was taken back before"), await _rig.RefusalAsync("POST", UndoOf(import)));
        Assert.True((await _rig.JsonAsync("GET", Imports))[0].GetProperty("undone").GetBoolean());
        Assert.Equal((404, "not_found", "no import 'nope': the last 10 of 24 hours are remembered until the broker stops"), await _rig.RefusalAsync("POST", $"{Imports}/nope/undo"));
        Assert.Equal(["undo import of definitions", "undo import of definitions", "undo import of definitions", "import definitions"], (await _rig.JsonAsync("GET", "/api/ropeway/audit")).EnumerateArray().Select(act => act.GetProperty("act").GetString()).Take(4));
    }

    [Fact]
    public async Task Imports_AreListed_WithoutAnySecret_ForAdministratorsOnly()
    {
        _rig.AddUser("watcher", "monitoring");
        await _rig.StatusAsync("PUT", "/api/users/ada", """{"password":"secret","tags":""}""");
        string hash = (await _rig.JsonAsync("GET", "/api/users/ada")).GetProperty("password_hash").GetString()!;
        await _rig.StatusAsync("POST", "/api/definitions/%2F", """{"queues":[{"name":"a"}],"policies":[{"name":"p","pattern":"a","definition":{"max-length":3}}]}""");
        await _rig.StatusAsync("POST", "/api/all-configuration", """{"users":[{"name":"ada","password":"other","tags":""}]}""");
        await _rig.StatusAsync("POST", "/api/all-configuration", """{"vhosts":[{"name":"/"}]}"""); // Changes nothing.

        JsonElement imports = await _rig.JsonAsync("GET", Imports);

        Assert.Equal(
            ["2026-03-01T12:00:00.000Z guest  0 1 0 2026-03-02T12:00:00.000Z False", "2026-03-01T12:00:00.000Z guest / 2 0 0 2026-03-02T12:00:00.000Z False"],
            imports.EnumerateArray().Select(import => string.Join(' ', new[] { "at", "user", "vhost", "added", "changed", "deleted", "undo_until", "undone" }.Select(field => import.GetProperty(field).ToString()))));
        Assert.Equal(401, await _rig.StatusAsync("GET", Imports, login: "watcher:watcher"));
        Assert.Equal(401, await _rig.StatusAsync("POST", UndoOf(imports[0]), login: "watcher:watcher"));
        JsonElement undone = await _rig.JsonAsync("POST", UndoOf(imports[0]));
        Assert.DoesNotContain(hash, imports.GetRawText() + undone.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(hash, (await _rig.JsonAsync("GET", "/api/users/ada")).GetProperty("password_hash").GetString());
    }

    [Fact]
    public async Task Undo_LeavesWhatIsInUse_OrIsAnotherByNow()
    {
        await _rig.StatusAsync("PUT", "/api/vhosts/old");
        foreach (string name in (string[])["changed", "deleted", "back"])
        {
            await _rig.StatusAsync("PUT", $"/api/policies/%2F/{name}", """{"pattern":"^a","definition":{"max-length":5}}""");
        }

        JsonElement import = await PruneAsync("""
            {"users":[{"name":"guest","password":"guest","tags":"administrator"}],"vhosts":[{"name":"/"},{"name":"old"},{"name":"new"}],
             "permissions":[{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"},{"user":"guest","vhost":"new","configure":".*","write":".*","read":".*"}],
             "policies":[{"vhost":"/","name":"changed","pattern":"^b","definition":{"max-length":5}},{"vhost":"/","name":"deleted","pattern":"^b","definition":{"max-length":5}}],
             "exchanges":[{"name":"feed","vhost":"/","type":"fanout"}],
             "queues":[{"name":"full","vhost":"/"},{"name":"idle","vhost":"/"},{"name":"gone","vhost":"/"}],
             "bindings":[{"source":"feed","vhost":"/","destination":"full","destination_type":"queue","routing_key":""},{"source":"feed","vhost":"/","destination":"idle","destination_type":"queue","routing_key":""}]}
            """);
        await _rig.PublishAsync("full", 1);
        await _rig.StatusAsync("PUT", "/api/queues/new/theirs", "{}");
        await _rig.StatusAsync("DELETE", "/api/queues/%2F/gone");
        await _rig.StatusAsync("PUT", "/api/policies/%2F/changed", """{"pattern":"^c","definition":{"max-length":5}}""");
        await _rig.StatusAsync("DELETE", "/api/policies/%2F/deleted");
        await _rig.StatusAsync("PUT", "/api/policies/%2F/back", """{"pattern":"^d","definition":{"max-length":5}}""");

        JsonElement undone = await _rig.JsonAsync("POST", UndoOf(import));

        Assert.Equal(
            [
                "bindings feed to full, : queue 'full' stays",
                "exchanges feed: binding 'feed to full, ' needs it",
                "policies back: there is another of that name by now",
                "policies changed: it was changed since",
                "policies deleted: it was deleted since",
                "queues full: it has messages",
                "vhosts new: queue 'theirs' needs it",
            ],
            undone.GetProperty("left").EnumerateArray().Select(entry => $"{entry.GetProperty("section").GetString()} {entry.GetProperty("name").GetString()}: {entry.GetProperty("reason").GetString()}").Order(StringComparer.Ordinal));
        Assert.Equal(404, await _rig.StatusAsync("GET", "/api/queues/%2F/idle"));
        Assert.Equal(1, (await _rig.JsonAsync("GET", "/api/queues/%2F/full/bindings?source=feed")).EnumerateArray().Count(binding => binding.GetProperty("source").GetString() == "feed"));
        Assert.Equal("^c", (await _rig.JsonAsync("GET", "/api/policies/%2F/changed")).GetProperty("pattern").GetString());
    }

    [Fact]
    public async Task Undo_OfAnotherUsersImport_DoesNotDeleteWhoAsks()
    {
        await _rig.StatusAsync("POST", "/api/definitions", """{"users":[{"name":"ada","password":"ada","tags":"administrator"}]}""");
        JsonElement import = (await _rig.JsonAsync("GET", Imports))[0];

        JsonElement undone = await _rig.JsonAsync("POST", UndoOf(import), login: "ada:ada");

        Assert.Equal("it is the user who asks", undone.GetProperty("left")[0].GetProperty("reason").GetString());
        Assert.Equal(200, await _rig.StatusAsync("GET", "/api/whoami", login: "ada:ada"));
    }

    [Fact]
    public async Task Imports_AreForgotten_AfterADayAndWhenThereAreMore()
    {
        for (int i = 0; i < ManagementLimits.ImportCountMax + 2; i++)
        {
            Assert.Equal(204, await _rig.StatusAsync("POST", "/api/definitions", $$"""{"queues":[{"name":"q{{i}}","vhost":"/"}]}"""));
        }

        JsonElement latest = (await _rig.JsonAsync("GET", Imports))[0];
        Assert.Equal(ManagementLimits.ImportCountMax, (await _rig.JsonAsync("GET", Imports)).GetArrayLength());

        _rig.Time.Advance(ImportRecord.UndoTime);

        Assert.Equal(0, (await _rig.JsonAsync("GET", Imports)).GetArrayLength());
        Assert.Equal(404, await _rig.StatusAsync("POST", UndoOf(latest)));
    }

    [Fact]
    public void Imports_ThatTakeTooMuchMemory_AreForgotten_TheOldestFirst()
    {
        var imports = new ImportHistory(_rig.Broker, bytesMax: 10_000);
        foreach (int count in (int[])[20, 5, 5])
        {
            Assert.True(imports.Import(OrderOf(count)).IsDone);
        }

        Assert.Equal([5, 5], imports.All.Select(import => import.Added));
        ImportOrder large = OrderOf(100);
        DefinitionDiffView done = imports.Import(large with { Seen = new PlannedImport(_rig.Broker, large).Compare().State }).Diff!;
        Assert.Equal((100, null), (done.Add, done.Import));
        Assert.Empty(imports.All);
    }

    private static string UndoOf(JsonElement import) => $"{Imports}/{import.GetProperty("id").GetString()}/undo";

    /// <summary>An import of new queues.</summary>
    private static ImportOrder OrderOf(int count)
    {
        string queues = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"name":"{{count}}-{{i}}-{{Guid.NewGuid()}}","vhost":"/"}"""));
        return new ImportOrder(JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"queues":[{{queues}}]}""")), OnlyHost: null, "guest", IsPruning: false);
    }

    /// <summary>An export whose entries are in the order of their texts.</summary>
    private static string Sorted(string export) => string.Join('\n', JsonSerializer.Deserialize<JsonElement>(export).EnumerateObject()
        .Select(section => $"{section.Name}: {(section.Value.ValueKind == JsonValueKind.Array ? string.Join("\n  ", section.Value.EnumerateArray().Select(entry => entry.GetRawText()).Order(StringComparer.Ordinal)) : section.Value)}"));

    private async Task<JsonElement> PruneAsync(string document) => (await Pruning.ImportAsync(_rig, document)).GetProperty("import");

    private async Task<string> ExportAsync() => (await _rig.JsonAsync("GET", "/api/definitions")).GetRawText();
}
