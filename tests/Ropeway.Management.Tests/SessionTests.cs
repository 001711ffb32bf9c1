using System.Net;
using System.Text;
using System.Text.Json;
using Ropeway.Security;

namespace Ropeway.Management.Tests;

/// <summary>Signing in to the management page, and what ends it.</summary>
public sealed class SessionTests(SteppedRig rig) : IClassFixture<SteppedRig>
{
    private static FormUrlEncodedContent Form(string user, string password) => new(new Dictionary<string, string> { ["username"] = user, ["password"] = password });

    private const string Path = "/api/ropeway/session";

    [Fact]
    public async Task SignIn_WithTheRightPassword_GivesACookieThatScriptsCannotRead()
    {
        using HttpResponseMessage response = await SignInAsync("guest", "guest");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        string cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Matches($"^ropeway-{rig.EndPoint.Port}=[A-Za-z0-9_-]{{43}}; Path=/; HttpOnly; SameSite=Strict$", cookie);
    }

    [Fact]
    public async Task Session_Asked_TellsWhoAndUntilWhen()
    {
        string cookie = await CookieOfAsync("guest");

        JsonElement session = await GetAsync(cookie);

        Assert.Equal("guest", session.GetProperty("user").GetString());
        Assert.Equal(["administrator"], session.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(rig.Time.GetUtcNow().AddMinutes(30), session.GetProperty("expires").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("guest", "wrong")]
    [InlineData("nobody", "guest")]
    public async Task SignIn_WithWrongCredentials_IsRefusedInTheSameWords(string user, string password)
    {
        using HttpResponseMessage response = await SignInAsync(user, password, ("X-Ropeway", "1"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("""{"error":"not_authorized","reason":"Login failed"}""", await response.Content.ReadAsStringAsync());
        Assert.Empty(response.Headers.WwwAuthenticate);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Login_WithTheFormOfRabbitMq_GivesACookieThatHoldsNoPassword()
    {
        using HttpResponseMessage response = await rig.SendAsync("POST", "/api/login", Form("guest", "guest"), login: null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("\"ok\"", await response.Content.ReadAsStringAsync());
        string cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Matches($"^ropeway-{rig.EndPoint.Port}=[A-Za-z0-9_-]{{43}}; Path=/; HttpOnly; SameSite=Strict$", cookie);
        Assert.Equal("guest", (await GetAsync(cookie.Split(';')[0])).GetProperty("user").GetString());
    }

    [Fact]
    public async Task Login_WithAWrongPassword_IsRefused()
    {
        using HttpResponseMessage response = await rig.SendAsync("POST", "/api/login", Form("guest", "wrong"), login: null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Login_WithoutTheForm_SaysWhatIsExpected()
    {
        (int status, _, string reason) = await rig.RefusalAsync("POST", "/api/login", """{"username":"guest","password":"guest"}""", login: null);

        Assert.Equal(401, status);
        Assert.Equal("username and password are expected as fields of a form (Content-Type: application/x-www-form-urlencoded)", reason);
    }

    [Fact]
    public async Task Login_FromAPageOfAnotherSite_IsRefused()
    {
        using HttpResponseMessage response = await rig.SendAsync("POST", "/api/login", Form("guest", "guest"), login: null, ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("pressed")]
    [InlineData("nobody-pressed")]
    public async Task SignIn_AfterManyWrongPasswords_HasToWait(string user)
    {
        rig.AddUser("pressed", "management");
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage wrong = await SignInAsync(user, "wrong");
        }

        using HttpResponseMessage response = await SignInAsync(user, "pressed");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    [Fact]
    public async Task SignIn_WithoutTheTagForManagement_IsRefused()
    {
        rig.AddUser("worker", "other");

        using HttpResponseMessage response = await SignInAsync("worker", "worker");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("Not management user", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_FromAPageOfAnotherSite_IsRefused()
    {
        using HttpResponseMessage response = await SignInAsync("guest", "guest", ("Origin", "https://evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task SignIn_Again_EndsTheSessionOfTheSameBrowser()
    {
        string first = await CookieOfAsync("guest");

        string second = await CookieOfAsync("guest", first);

        Assert.NotEqual(first, second);
        Assert.Equal(401, await StatusAsync("GET", Path, first));
        Assert.Equal(200, await StatusAsync("GET", Path, second));
    }

    [Fact]
    public async Task ManySessionsOfOneUser_OneMore_EndsTheOneUsedLongestAgo()
    {
        rig.AddUser("collector", "management");
        string first = await CookieOfAsync("collector");
        string second = await CookieOfAsync("collector");
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, await StatusAsync("GET", Path, first));

        for (int i = 0; i < 31; i++)
        {
            await CookieOfAsync("collector");
        }

        Assert.Equal(200, await StatusAsync("GET", Path, first));
        Assert.Equal(401, await StatusAsync("GET", Path, second));
    }

    [Fact]
    public async Task SignOut_EndsTheSession()
    {
        string cookie = await CookieOfAsync("guest");

        using HttpResponseMessage response = await SendAsync("DELETE", Path, cookie, ("X-Ropeway", "1"), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Contains("Max-Age=0", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.Equal(401, await StatusAsync("GET", Path, cookie));
    }

    [Fact]
    public async Task Session_Used_LivesOn_AndEndsAfterHalfAnHourOfRest()
    {
        string cookie = await CookieOfAsync("guest");
        rig.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(200, await StatusAsync("GET", "/api/overview", cookie));
        rig.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(200, await StatusAsync("GET", "/api/overview", cookie));

        rig.Time.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(401, await StatusAsync("GET", "/api/overview", cookie));
    }

    [Fact]
    public async Task Session_UsedAllTheTime_EndsAfterTwelveHours()
    {
        string cookie = await CookieOfAsync("guest");
        for (int i = 0; i < 36; i++)
        {
            Assert.Equal(200, await StatusAsync("GET", Path, cookie));
            rig.Time.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(401, await StatusAsync("GET", Path, cookie));
    }

    [Fact]
    public async Task EndedSession_IsNotAnsweredWithAPasswordPrompt()
    {
        using HttpResponseMessage response = await SendAsync("GET", "/api/overview", $"ropeway-{rig.EndPoint.Port}=nonsense");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task RequestOfAScript_WithoutLogin_IsNotAnsweredWithAPasswordPrompt()
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", "/api/overview", login: null, header: ("X-Ropeway", "1"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task UserWithSession_Changed_IsSignedOut()
    {
        rig.AddUser("changed", "administrator");
        var changes = new (string What, Action Change)[]
        {
            ("password", () => rig.Broker.Users.Put(new StoredUser(new User("changed", ["administrator"]), PasswordHash.Create("changed"u8, iterations: 10)))),
            ("tags", () => rig.AddUser("changed", "monitoring")),
            ("permission", () => rig.Broker.Permissions.TrySet(new PermissionGrant("changed", "/", "a", ".*", ".*"), out _, out _)),
            ("topic permission", () => rig.Broker.Permissions.Topics.TrySet(new TopicGrant("changed", "/", "amq.topic", "a", "b"), out _, out _)),
            ("permission taken away", () => rig.Broker.Permissions.Clear("changed", "/")),
            ("user deleted", () => rig.Broker.DeleteUser("changed")),
        };
        foreach ((string what, Action change) in changes)
        {
            string cookie = await CookieOfAsync("changed");
            Assert.Equal(200, await StatusAsync("GET", Path, cookie));

            change();

            Assert.True(await StatusAsync("GET", Path, cookie) == 401, what);
        }
    }

    [Fact]
    public async Task UserWithSession_MakesAndDeletesAVirtualHost_StaysSignedIn()
    {
        string cookie = await CookieOfAsync("guest");
        rig.AddUser("bystander", "management");

        Assert.Equal(201, await StatusAsync("PUT", "/api/vhosts/passing", cookie, ("X-Ropeway", "1"), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(200, await StatusAsync("GET", Path, cookie));
        Assert.Equal(204, await StatusAsync("DELETE", "/api/vhosts/passing", cookie, ("X-Ropeway", "1"), ("Sec-Fetch-Site", "same-origin")));

        Assert.Equal(200, await StatusAsync("GET", Path, cookie));
    }

    [Fact]
    public async Task Change_WithSession_NeedsTheHeaderAndAPageOfThisServer()
    {
        string cookie = await CookieOfAsync("guest");
        const string path = "/api/vhosts/forged";
        (string, string) marker = ("X-Ropeway", "1");

        Assert.Equal(403, await StatusAsync("PUT", path, cookie));
        Assert.Equal(403, await StatusAsync("PUT", path, cookie, marker));
        Assert.Equal(403, await StatusAsync("PUT", path, cookie, ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(403, await StatusAsync("PUT", path, cookie, marker, ("Sec-Fetch-Site", "same-site")));
        Assert.Equal(403, await StatusAsync("PUT", path, cookie, marker, ("Origin", "http://127.0.0.1:1")));
        Assert.Equal(403, await StatusAsync("GET", path, cookie, ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(201, await StatusAsync("PUT", path, cookie, marker, ("Origin", $"http://{rig.EndPoint}")));
        Assert.Equal(204, await StatusAsync("DELETE", path, cookie, marker, ("Sec-Fetch-Site", "same-origin")));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    public async Task Change_WithAPasswordThatTheBrowserRemembers_NeedsAPageOfThisServer(string header, string value)
    {
        using var form = new StringContent("""{"users":["victim"]}""", Encoding.UTF8, "text/plain"); // What a form of any page can send.
        rig.AddUser("victim", "management");

        using HttpResponseMessage forged = await rig.SendAsync("POST", "/api/users/bulk-delete", form, header: (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.True(rig.Broker.Users.TryGet("victim", out _));
        using HttpResponseMessage own = await rig.SendAsync("POST", "/api/users/bulk-delete", """{"users":["victim"]}""", header: ("Origin", $"http://{rig.EndPoint}"));
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
    }

    private async Task<JsonElement> GetAsync(string cookie)
    {
        using HttpResponseMessage response = await SendAsync("GET", Path, cookie);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }

    private async Task<int> StatusAsync(string method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await SendAsync(method, path, cookie, headers);
        return (int)response.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = rig.NewRequest(method, path);
        request.Headers.Add("Cookie", cookie);
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await rig.SendAsync(request);
    }

    private async Task<HttpResponseMessage> SignInAsync(string user, string password, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = rig.NewRequest("POST", Path);
        request.Content = new StringContent($$"""{"username":"{{user}}","password":"{{password}}"}""", Encoding.UTF8, "application/json");
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await rig.SendAsync(request);
    }

    /// <summary>Signs in a user whose password is its name.</summary>
    private async Task<string> CookieOfAsync(string user, string? old = null)
    {
        using HttpResponseMessage response = old is null ? await SignInAsync(user, user) : await SignInAsync(user, user, ("Cookie", old));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }
}
