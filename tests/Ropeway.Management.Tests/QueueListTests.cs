using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary><c>/api/ropeway/queues</c>: parts of the list of queues, sorted and filtered by the server.</summary>
public sealed class QueueListTests : IAsyncLifetime, IDisposable
{
    private const string Path = "/api/ropeway/queues";

    private readonly SteppedRig _rig = new();

    public async Task InitializeAsync()
    {
        await _rig.InitializeAsync();
        foreach (string name in new[] { "mail.in", "mail.out", "orders", "orders.dead", "logs" })
        {
            Declare("/", name);
        }

        await _rig.PublishAsync("orders", 3);
        await _rig.PublishAsync("mail.out", 1);
        _rig.Tick();
    }

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Row_TellsFiguresAndState()
    {
        JsonElement list = await _rig.JsonAsync("GET", $"{Path}?q=orders&sort=-waiting&limit=1");

        JsonElement row = Assert.Single(list.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ["vhost", "name", "type", "durable", "waiting", "held", "consumers", "in_rate", "out_rate", "ack_rate", "oldest_s", "empty_in_s", "state", "reason", "policy"],
            row.EnumerateObject().Select(member => member.Name));
        Assert.Equal("orders", row.GetProperty("name").GetString());
        Assert.Equal(3, row.GetProperty("waiting").GetInt64());
        Assert.Equal(3, row.GetProperty("in_rate").GetDouble());
        Assert.Equal(1, row.GetProperty("oldest_s").GetDouble());
        Assert.Equal("flowing", row.GetProperty("state").GetString());
        Assert.Equal(5, list.GetProperty("total").GetInt64());
        Assert.Equal(2, list.GetProperty("matched").GetInt64());
    }

    [Fact]
    public async Task List_OfOneType_CountsAndTellsStreams()
    {
        _rig.Declare("events", new FieldTable { ["x-queue-type"] = "stream", ["x-max-age"] = "2h", ["x-max-length-bytes"] = 1_000_000L });

        _rig.Tick(3);
        JsonElement list = await _rig.JsonAsync("GET", $"{Path}?type=stream");

        JsonElement row = Assert.Single(list.GetProperty("items").EnumerateArray());
        Assert.Equal("events", row.GetProperty("name").GetString());
        Assert.Equal("""{"start_offset":0,"durable_end":0,"end_offset":0,"bytes":0,"bytes_max":1000000,"max_age_s":7200}""", row.GetProperty("stream").GetRawText());
        Assert.Equal((1, 1), (list.GetProperty("total").GetInt32(), list.GetProperty("matched").GetInt32()));
    }

    [Theory]
    [InlineData("", "logs mail.in mail.out orders orders.dead")]
    [InlineData("?sort=-name", "orders.dead orders mail.out mail.in logs")]
    [InlineData("?sort=-waiting", "orders mail.out logs mail.in orders.dead")]
    [InlineData("?sort=waiting", "logs mail.in orders.dead mail.out orders")]
    [InlineData("?sort=-severity", "orders mail.out logs mail.in orders.dead")]
    [InlineData("?q=MAIL%20o", "mail.out")]
    [InlineData("?q=/^o.*d$/", "orders.dead")]
    [InlineData("?state=flowing&sort=-in", "orders mail.out")]
    [InlineData("?state=idle,stuck", "logs mail.in orders.dead")]
    public async Task List_SortedAndFiltered_IsInOrder(string query, string names) => Assert.Equal(names, await NamesAsync(query));

    [Theory]
    [InlineData("")]
    [InlineData("sort=-waiting&")]
    [InlineData("sort=-name&")]
    public async Task Cursor_LeadsThroughTheWholeList(string sort)
    {
        var names = new List<string>();
        string next = string.Empty;
        do
        {
            JsonElement part = await _rig.JsonAsync("GET", $"{Path}?{sort}limit=2&after={next}");
            names.AddRange(part.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("name").GetString()!));
            Assert.Equal(5, part.GetProperty("matched").GetInt64());
            next = part.GetProperty("next").GetString() ?? string.Empty;
        }
        while (next.Length > 0);

        Assert.Equal((await NamesAsync($"?{sort}")).Split(' '), names);
    }

    [Fact]
    public async Task List_OfAUser_HasTheVirtualHostsThatItMayEnter()
    {
        _rig.Broker.VirtualHosts.Create("closed", out _);
        Declare("closed", "secret");
        _rig.AddUser("clerk", "management");
        _rig.Tick();
        _rig.Tick();

        Assert.Equal(5, (await _rig.JsonAsync("GET", Path, login: "clerk:clerk")).GetProperty("total").GetInt64());
        Assert.Equal(6, (await _rig.JsonAsync("GET", Path)).GetProperty("total").GetInt64());
        Assert.Equal("secret", await NamesAsync("?vhost=closed"));
        Assert.Equal(401, await _rig.StatusAsync("GET", $"{Path}?vhost=closed", login: "clerk:clerk"));
        Assert.Equal(404, await _rig.StatusAsync("GET", $"{Path}?vhost=none"));
    }

    [Fact]
    public async Task List_WithAnExpressionThatTakesLong_IsIncompleteAndSaysSo()
    {
        _rig.Time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(30); // Whenever somebody looks at the clock.

        JsonElement list = await _rig.JsonAsync("GET", $"{Path}?q=/^o/");

        Assert.True(list.GetProperty("incomplete").GetBoolean());
    }

    [Fact]
    public async Task PageOfTheApi_WithAnExpressionThatTakesLong_IsRefused()
    {
        _rig.Time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(300);

        (int status, _, string text) = await _rig.RefusalAsync("GET", "/api/queues?page=1&name=^o&use_regex=true");

        Assert.Equal(400, status);
        Assert.StartsWith("'^o' takes too long: more than 1 s for the names of this list", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sort=size", "'sort' is name, waiting")]
    [InlineData("limit=0", "'limit' must be 1 to 500")]
    [InlineData("state=odd", "'state' has the words idle, flowing")]
    [InlineData("type=odd", "'type' is classic, quorum or stream")]
    [InlineData("after=!", "'after' must be the 'next' of an answer")]
    [InlineData("q=/(/", "'(' is no regular expression")]
    public async Task List_WithMalformedQuery_IsRefused(string query, string reason)
    {
        (int status, _, string text) = await _rig.RefusalAsync("GET", $"{Path}?{query}");

        Assert.Equal(400, status);
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    private async Task<string> NamesAsync(string query) =>
        string.Join(' ', (await _rig.JsonAsync("GET", $"{Path}{query}")).GetProperty("items").EnumerateArray().Select(row => row.GetProperty("name").GetString()));

    private void Declare(string host, string name)
    {
        _rig.Broker.VirtualHosts.TryGet(host, out VirtualHost? found);
        found!.DeclareQueue(new QueueSettings(name, Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
    }
}
