using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ropeway.Management.Logs;

namespace Ropeway.Management.Tests;

/// <summary>The last lines of the log, and who changed what.</summary>
public sealed class LogTests : IAsyncLifetime, IDisposable
{
    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Log_TellsTheLastLinesWithTheirFields()
    {
        Write(LogLevel.Warning, 7, "disk");

        JsonElement line = (await _rig.JsonAsync("GET", "/api/ropeway/log?level=warn")).EnumerateArray().Last();

        Assert.Equal(
            """{"time":"2026-03-01T12:00:00.000Z","level":"warn","category":"Test","event":7,"message":"Something about disk.","fields":{"What":"disk"}}""",
            line.GetRawText());
    }

    [Theory]
    [InlineData("?level=warn", "second")]
    [InlineData("?q=FIRST", "first")]
    [InlineData("?q=test&limit=1", "second")]
    [InlineData("?q=test&limit=2", "first second")]
    public async Task Log_Filtered_TellsWhatFits(string query, string words)
    {
        Write(LogLevel.Information, 1, "first");
        Write(LogLevel.Warning, 2, "second");

        JsonElement lines = await _rig.JsonAsync("GET", $"/api/ropeway/log{query}");

        Assert.Equal(words, string.Join(' ', lines.EnumerateArray().Select(line => line.GetProperty("fields").GetProperty("What").GetString())));
    }

    [Theory]
    [InlineData("level=loud", "'level' is one of trace, debug, info, warn, error, crit")]
    [InlineData("limit=0", "'limit' must be 1 to 1000")]
    public async Task Log_WithMalformedQuery_IsRefused(string query, string reason)
    {
        (int status, _, string text) = await _rig.RefusalAsync("GET", $"/api/ropeway/log?{query}");

        Assert.Equal(400, status);
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tail_KeepsAThousandShortLines()
    {
        for (int i = 0; i < 1200; i++)
        {
            Write(LogLevel.Information, i, new string('x', 10_000) + "\nforged");
        }

        IReadOnlyList<LogLine> lines = _rig.Log.Read();
        Assert.Equal(LogTail.LineCountMax, lines.Count);
        Assert.Equal(1199, lines[^1].Event);
        Assert.All(lines, line => Assert.True(line.Message.Length <= LogTail.MessageCharsMax && !line.Message.Contains('\n', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Follower_GetsTheLastLinesAndThenNewOnes()
    {
        Write(LogLevel.Warning, 1, "before");
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/log/events?level=warn");
        (string name, JsonElement data) = await events.NextAsync();
        Assert.Equal(("snapshot", "before"), (name, WhatOf(data)));

        Write(LogLevel.Information, 2, "quiet");
        Write(LogLevel.Warning, 3, "after");
        _rig.Tick();

        (name, data) = await events.NextAsync();
        Assert.Equal(("lines", "after"), (name, WhatOf(data)));
    }

    [Fact]
    public async Task Follower_ThatComesBack_GetsWhatItMissed()
    {
        Write(LogLevel.Warning, 1, "seen");
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/log/events?level=warn");
        await events.NextAsync();
        Write(LogLevel.Warning, 2, "missed");

        using EventReader again = await EventReader.OpenAsync(_rig, "/api/ropeway/log/events?level=warn", headers: ("Last-Event-ID", events.LastId));

        Assert.Equal("missed", WhatOf((await again.NextAsync()).Data));
    }

    [Fact]
    public async Task Follower_OfAFlood_IsToldHowMuchIsLeftOut()
    {
        using EventReader events = await EventReader.OpenAsync(_rig, "/api/ropeway/log/events?level=warn");
        await events.NextAsync();

        for (int i = 0; i < 500; i++)
        {
            Write(LogLevel.Warning, 9, "flood");
        }

        _rig.Tick();
        (_, JsonElement lines) = await events.NextAsync();
        (string name, JsonElement skipped) = await events.NextAsync();
        Assert.Equal(200, lines.GetArrayLength());
        Assert.Equal(("skipped", 300, 300), (name, skipped.GetProperty("count").GetInt32(), skipped.GetProperty("by_event").GetProperty("9").GetInt32()));
    }

    [Fact]
    public async Task Log_IsForMonitoring_AndAuditForAdministrators()
    {
        _rig.AddUser("clerk", "management");
        _rig.AddUser("watcher", "monitoring");

        Assert.Equal(401, await _rig.StatusAsync("GET", "/api/ropeway/log", login: "clerk:clerk"));
        Assert.Equal(401, await _rig.StatusAsync("GET", "/api/ropeway/log/events", login: "clerk:clerk"));
        Assert.Equal(200, await _rig.StatusAsync("GET", "/api/ropeway/log", login: "watcher:watcher"));
        Assert.Equal(401, await _rig.StatusAsync("GET", "/api/ropeway/audit", login: "watcher:watcher"));
    }

    [Fact]
    public async Task Acts_AreNotedWithWhoWhatAndResult()
    {
        await _rig.StatusAsync("PUT", "/api/queues/%2F/orders", "{}");
        await _rig.PublishAsync("orders", 2);
        await _rig.StatusAsync("DELETE", "/api/queues/%2F/orders/contents");
        await _rig.StatusAsync("DELETE", "/api/queues/%2F/none");
        await _rig.StatusAsync("POST", "/api/ropeway/session", """{"username":"guest","password":"wrong"}""", login: null);
        await _rig.StatusAsync("POST", "/api/ropeway/session", """{"username":"guest","password":"guest"}""", login: null);

        JsonElement acts = await _rig.JsonAsync("GET", "/api/ropeway/audit");

        Assert.Equal(
            [
                "sign in||done|1",
                "sign in||refused: not let in|1",
                "delete queue|/ none|refused: Not Found|1",
                "purge queue|/ orders|done|1",
                "publish message|/ amq.default|done|2",
                "set queue|/ orders|done|1",
            ],
            acts.EnumerateArray().Select(act => $"{act.GetProperty("act")}|{act.GetProperty("object")}|{act.GetProperty("result")}|{act.GetProperty("count")}"));
        Assert.Equal(("guest", "127.0.0.1", "2026-03-01T12:00:00.000Z"), (
            acts[0].GetProperty("user").GetString(), acts[0].GetProperty("address").GetString(), acts[0].GetProperty("time").GetString()));
        Assert.Contains(_rig.Log.Read(), line => line.Message == "User 'guest' from 127.0.0.1: purge queue / orders: done.");
    }

    [Theory]
    [InlineData("POST", "/api/ropeway/jobs/1a2b/pause", "pause job")]
    [InlineData("POST", "/api/ropeway/jobs/1a2b/undo", "undo job")]
    [InlineData("POST", "/api/ropeway/queues/%2F/none/pause", "pause queue")]
    public async Task Act_IsCalledByWhatItActsOn(string method, string path, string name)
    {
        Assert.Equal(404, await _rig.StatusAsync(method, path));
        Assert.Equal(name, (await _rig.JsonAsync("GET", "/api/ropeway/audit"))[0].GetProperty("act").GetString());
    }

    [Fact]
    public async Task DryRunOfRouting_ChangesNothingAndIsNoAct()
    {
        Assert.Equal(200, await _rig.StatusAsync("POST", "/api/ropeway/routing/explain", """{"vhost":"/","exchange":"amq.topic"}"""));
        Assert.Empty((await _rig.JsonAsync("GET", "/api/ropeway/audit")).EnumerateArray());
    }

    [Fact]
    public async Task RefusedSignIns_PushOutNoOtherActs()
    {
        await _rig.StatusAsync("PUT", "/api/queues/%2F/orders", "{}");
        for (int i = 0; i < AuditLog.CountMax; i++)
        {
            _rig.Live.Audit.AddRefusedSignIn($"guess{i}", IPAddress.Loopback);
        }

        JsonElement[] acts = [.. (await _rig.JsonAsync("GET", "/api/ropeway/audit?limit=1000")).EnumerateArray()];

        Assert.Equal("guess999", acts[0].GetProperty("user").GetString());
        Assert.Equal(AuditLog.RefusedSignInCountMax, acts.Count(act => act.GetProperty("act").GetString() == "sign in"));
        Assert.Equal("set queue", acts[^1].GetProperty("act").GetString());
    }

    [Fact]
    public void Tail_KeepsNothingThatChangesWhatATerminalShows()
    {
        Write(LogLevel.Information, 1, "\e[2J\u202Egnp.exe\u009B1m");

        Assert.Equal(@"Something about \u001b[2J\u202egnp.exe\u009b1m.", _rig.Log.Read()[^1].Message);
    }

    [Fact]
    public async Task ReadingMessages_IsNotedOnceAMinuteWithHowMany()
    {
        const string Messages = "/api/ropeway/queues/%2F/orders/messages";
        _rig.Declare("orders");
        await _rig.StatusAsync("GET", Messages);
        Assert.Empty(await ReadingsAsync());
        await _rig.PublishAsync("orders", 3);

        await _rig.StatusAsync("GET", Messages);
        _rig.Time.Advance(TimeSpan.FromSeconds(30));
        await _rig.StatusAsync("DELETE", "/api/queues/%2F/none");
        await _rig.StatusAsync("GET", $"{Messages}?limit=2");
        await _rig.StatusAsync("GET", $"{Messages}/0");
        await _rig.StatusAsync("GET", $"{Messages}/0/body");
        await _rig.StatusAsync("GET", $"{Messages}/17");
        Assert.Equal(["guest|/ orders|done|4|7|12:00:30"], await ReadingsAsync());

        _rig.Time.Advance(TimeSpan.FromSeconds(30));
        await _rig.StatusAsync("GET", $"{Messages}?filter=secret");
        Assert.Equal(["guest|/ orders|done|1|0|12:01:00", "guest|/ orders|done|4|7|12:00:30"], await ReadingsAsync());
        Assert.Equal(2, _rig.Log.Read().Count(line => line.Message == "User 'guest' from 127.0.0.1: read messages / orders: done."));
    }

    [Fact]
    public async Task ReadingMessages_WithoutPermission_IsNotedAsRefused()
    {
        _rig.Declare("orders");
        await _rig.PublishAsync("orders", 1);
        _rig.AddUser("clerk", "management", read: "^other");

        await _rig.StatusAsync("GET", "/api/ropeway/queues/%2F/orders/messages", login: "clerk:clerk");
        await _rig.StatusAsync("GET", "/api/ropeway/queues/%2F/orders/messages/0/body", login: "clerk:clerk");

        Assert.Equal(["clerk|/ orders|refused: user 'clerk' lacks the permission read on queue 'orders' in vhost '/'|2|0|12:00:00"], await ReadingsAsync());
    }

    [Fact]
    public async Task Secrets_AreNeitherInTheLogNorInTheAudit()
    {
        const string secret = "hunter2-secret";
        await _rig.StatusAsync("PUT", "/api/users/keeper", $$"""{"password":"{{secret}}","tags":"administrator"}""");
        await _rig.StatusAsync("GET", "/api/whoami", login: $"keeper:{secret}");
        await _rig.StatusAsync("GET", "/api/whoami", login: $"guest:{secret}");
        await _rig.StatusAsync("POST", "/api/ropeway/session", $$"""{"username":"keeper","password":"{{secret}}"}""", login: null);
        await _rig.StatusAsync("POST", "/api/definitions", $$"""{"users":[{"name":"imported","password":"{{secret}}","tags":""}]}""");
        await _rig.StatusAsync("POST", "/api/definitions", $$"""{"users":[{"name":"imported","password_hash":"{{secret}}","tags":7}]}""");

        string log = (await _rig.JsonAsync("GET", "/api/ropeway/log?limit=1000")).GetRawText();
        string audit = (await _rig.JsonAsync("GET", "/api/ropeway/audit")).GetRawText();

        Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, audit, StringComparison.Ordinal);
        Assert.Contains("set user", audit, StringComparison.Ordinal);
    }

    private async Task<IEnumerable<string>> ReadingsAsync() =>
        (await _rig.JsonAsync("GET", "/api/ropeway/audit")).EnumerateArray()
            .Where(act => act.GetProperty("act").GetString() == "read messages")
            .Select(act => $"{act.GetProperty("user")}|{act.GetProperty("object")}|{act.GetProperty("result")}|{act.GetProperty("count")}|{act.GetProperty("messages")}|{act.GetProperty("time").GetString()![11..19]}");

    private static string WhatOf(JsonElement lines) =>
        string.Join(' ', lines.EnumerateArray().Select(line => line.GetProperty("fields").TryGetProperty("What", out JsonElement what) ? what.GetString() : line.GetProperty("message").GetString()));

    private void Write(LogLevel level, int id, string what)
    {
        var state = new List<KeyValuePair<string, object?>> { new("What", what), new("{OriginalFormat}", "Something about {What}.") };
        _rig.Log.CreateLogger("Test").Log<IReadOnlyList<KeyValuePair<string, object?>>>(level, id, state, exception: null, (_, _) => $"Something about {what}.");
    }
}
