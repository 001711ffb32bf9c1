using System.Net;

namespace Ropeway.Management.Tests;

/// <summary>Who gets in, and how far.</summary>
public sealed class LoginTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Request_WithoutCredentials_IsAskedForThem()
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", "/api/whoami", login: null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"RabbitMQ Management\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("guest:wrong")]
    [InlineData("nobody:guest")]
    [InlineData("guest")]
    [InlineData(":")]
    public async Task Request_WithWrongCredentials_IsRefused(string login)
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", "/api/whoami", login: login);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"RabbitMQ Management\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("Basic !!!")]
    [InlineData("Basic /w==")]
    public async Task Request_WithMalformedAuthorization_IsRefused(string authorization)
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", "/api/whoami", login: null, header: ("Authorization", authorization));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task WhoAmI_OfGuest_TellsItsTags() =>
        Assert.Equal("""{"name":"guest","tags":["administrator"]}""", (await rig.JsonAsync("GET", "/api/whoami")).GetRawText());

    [Fact]
    public async Task Request_AfterManyWrongPasswords_HasToWait()
    {
        using var stepped = new SteppedRig(); // By the real clock the second of waiting may be over too soon.
        await stepped.InitializeAsync();
        stepped.AddUser("guessed", "management");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(401, await stepped.StatusAsync("GET", "/api/whoami", login: $"guessed:{i}"));
        }

        using HttpResponseMessage response = await stepped.SendAsync("GET", "/api/whoami", login: "guessed:guessed");
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
        await ((IAsyncLifetime)stepped).DisposeAsync();
    }

    [Theory]
    [InlineData("", "/api/whoami", "Not management user")]
    [InlineData("other", "/api/whoami", "Not management user")]
    [InlineData("", "/api/users", "Not management user")]
    [InlineData("management", "/api/nodes", "Not monitor user")]
    [InlineData("policymaker", "/api/nodes", "Not monitor user")]
    [InlineData("monitoring", "/api/users", "Not administrator user")]
    public async Task Request_WithoutTheTagItNeeds_IsRefusedAsRabbitMqDoes(string tag, string path, string reason)
    {
        rig.AddUser($"few-{tag}", tag);

        Assert.Equal((401, "not_authorised", reason), await rig.RefusalAsync("GET", path, login: $"few-{tag}:few-{tag}"));
    }

    [Theory]
    [InlineData("management", "/api/whoami")]
    [InlineData("policymaker", "/api/overview")]
    [InlineData("monitoring", "/api/nodes")]
    [InlineData("administrator", "/api/users")]
    public async Task Request_WithTheTagItNeeds_IsAnswered(string tag, string path)
    {
        rig.AddUser($"enough-{tag}", tag);

        Assert.Equal(200, await rig.StatusAsync("GET", path, login: $"enough-{tag}:enough-{tag}"));
    }

    [Fact]
    public async Task VirtualHost_ThatTheUserMayNotEnter_IsNeitherListedNorShown()
    {
        rig.Broker.VirtualHosts.Create("closed", out _);
        rig.AddUser("outsider", "management");

        Assert.Equal((401, "not_authorised", "User not authorised to access virtual host"), await rig.RefusalAsync("GET", "/api/queues/closed", login: "outsider:outsider"));
        Assert.Equal(["/"], (await rig.JsonAsync("GET", "/api/vhosts", login: "outsider:outsider")).EnumerateArray().Select(host => host.GetProperty("name").GetString()));
    }
}
