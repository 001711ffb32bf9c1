using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>Pages, order and columns of lists.</summary>
public sealed class ListTests(ManagementRig rig) : IClassFixture<ManagementRig>, IAsyncLifetime
{
    private const string Host = "/api/queues/lists";

    public async Task InitializeAsync()
    {
        if (await rig.StatusAsync("PUT", "/api/vhosts/lists") != 201)
        {
            return; // Another test has made it.
        }

        foreach (string name in (string[])["b", "a1", "A2", "c"])
        {
            await rig.StatusAsync("PUT", $"{Host}/{name}", """{"durable":true,"arguments":{"x-expires":100000}}""");
        }

        await rig.StatusAsync("POST", "/api/exchanges/lists/amq.default/publish", """{"routing_key":"b","payload":"1","payload_encoding":"string","properties":{}}""");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("page=1&page_size=3", "A2 a1 b", 4, 4, 2)]
    [InlineData("page=2&page_size=3", "c", 4, 4, 2)]
    [InlineData("page=1&name=a", "A2 a1", 4, 2, 1)]
    [InlineData("page=1&name=%5E%5Bbc%5D&use_regex=true", "b c", 4, 2, 1)]
    [InlineData("page=1&name=.%5B12%5D%24&use_regex=true&sort=name&sort_reverse=true", "a1 A2", 4, 2, 1)]
    [InlineData("page=1&name=nosuch", "", 4, 0, 0)]
    [InlineData("page=1&page_size=1&sort=messages&sort_reverse=true", "b", 4, 4, 4)]
    public async Task Page_OfQueues_HasItsEntriesAndCounts(string query, string names, int total, int filtered, int pages)
    {
        JsonElement page = await rig.JsonAsync("GET", $"{Host}?{query}");

        Assert.Equal(names, NamesOf(page.GetProperty("items")));
        Assert.Equal(
            (total, filtered, pages, page.GetProperty("items").GetArrayLength()),
            (Number(page, "total_count"), Number(page, "filtered_count"), Number(page, "page_count"), Number(page, "item_count")));
    }

    [Theory]
    [InlineData("page=3&page_size=3", "page_out_of_range")]
    [InlineData("page=0", "invalid_pagination_parameters")]
    [InlineData("page=1&page_size=501", "invalid_pagination_parameters")]
    [InlineData("page=1&page_size=0", "invalid_pagination_parameters")]
    [InlineData("page=one", "bad_request")]
    [InlineData("page=", "bad_request")]
    [InlineData("page=1&page_size=99999999999", "bad_request")]
    [InlineData("page=1&name=%5Bb&use_regex=true", "bad_request")]
    [InlineData("page=1&name=%28a%29%5C1&use_regex=true", "bad_request")]
    public async Task Page_ThatCannotBe_IsRefused(string query, string error)
    {
        (int status, string found, _) = await rig.RefusalAsync("GET", $"{Host}?{query}");

        Assert.Equal((400, error), (status, found));
    }

    [Theory]
    [InlineData("sort=name", "A2 a1 b c")]
    [InlineData("sort=name&sort_reverse=true", "c b a1 A2")]
    [InlineData("sort=messages_ready&sort_reverse=true", "b A2 a1 c")]
    [InlineData("sort=nosuch.column", "A2 a1 b c")]
    [InlineData("name=a", "A2 a1 b c")]
    public async Task List_WithoutPage_IsSortedWhole(string query, string names) => Assert.Equal(names, NamesOf(await rig.JsonAsync("GET", $"{Host}?{query}")));

    [Fact]
    public async Task Columns_MoreThanAnythingHas_AreRefused()
    {
        string columns = string.Join(',', Enumerable.Range(0, 100).Select(number => $"c{number}"));

        Assert.Equal(200, await rig.StatusAsync("GET", $"{Host}?columns={columns}"));
        Assert.Equal((400, "bad_request", "'columns' names 101 columns, at most 100 are allowed"), await rig.RefusalAsync("GET", $"{Host}?columns={columns},name"));
    }

    [Fact]
    public async Task Columns_AlsoNested_AreAllThatIsSent()
    {
        JsonElement list = await rig.JsonAsync("GET", $"{Host}?columns=name,arguments.x-expires,arguments.nosuch");

        Assert.Equal("""{"name":"A2","arguments":{"x-expires":100000}}""", list[0].GetRawText());
    }

    [Theory]
    [InlineData("/api/queues/lists/b?columns=name,messages", """{"name":"b","messages":1}""")]
    [InlineData("/api/overview?columns=object_totals.channels", """{"object_totals":{"channels":0}}""")]
    [InlineData("/api/vhosts/lists?columns=name", """{"name":"lists"}""")]
    [InlineData("/api/exchanges/lists/amq.topic?columns=type", """{"type":"topic"}""")]
    [InlineData("/api/vhosts?columns=name&sort=name&sort_reverse=true", """[{"name":"lists"},{"name":"/"}]""")]
    public async Task Columns_OfOtherObjects_AreAllThatIsSent(string path, string expected) => Assert.Equal(expected, (await rig.JsonAsync("GET", path)).GetRawText());

    [Theory]
    [InlineData("disable_stats=true", false)]
    [InlineData("disable_stats=true&enable_queue_totals=true", true)]
    public async Task Queues_WithoutStatistics_HaveTotalsOnlyWhenAskedFor(string query, bool hasTotals)
    {
        JsonElement queue = (await rig.JsonAsync("GET", $"{Host}?{query}&page=1&name=b")).GetProperty("items")[0];

        Assert.False(queue.TryGetProperty("consumers", out _));
        Assert.Equal(hasTotals, queue.TryGetProperty("messages", out JsonElement messages) && messages.GetInt32() == 1);
        Assert.Equal("running", queue.GetProperty("state").GetString());
    }

    private static int Number(JsonElement page, string name) => page.GetProperty(name).GetInt32();

    private static string NamesOf(JsonElement list) => string.Join(' ', list.EnumerateArray().Select(item => item.GetProperty("name").GetString()));
}
