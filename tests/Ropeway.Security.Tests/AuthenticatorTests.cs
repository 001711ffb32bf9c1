using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Security.Tests;

public sealed class AuthenticatorTests : IDisposable
{
    private static readonly IPAddress Remote = IPAddress.Parse("203.0.113.7");

    private readonly MemoryCredentials _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly UserDirectory _users;
    private readonly Authenticator _authenticator;

    public AuthenticatorTests()
    {
        _users = new UserDirectory(_store, new Permissions(_store));
        PutCheaply("guest", "guest");
        PutCheaply("otto", "s3cret");
        _authenticator = new Authenticator(_users, ["guest"], _time);
    }

    public void Dispose() => _authenticator.Dispose();

    [Theory]
    [InlineData("otto", "s3cret", LoginStatus.Accepted)]
    [InlineData("otto", "S3cret", LoginStatus.WrongCredentials)]
    [InlineData("otto", "", LoginStatus.WrongCredentials)]
    [InlineData("otto", "guest", LoginStatus.WrongCredentials)]
    [InlineData("Otto", "s3cret", LoginStatus.WrongCredentials)]
    [InlineData("nobody", "s3cret", LoginStatus.WrongCredentials)]
    [InlineData("", "", LoginStatus.WrongCredentials)]
    public async Task Authenticate_Credentials_AreVerified(string name, string password, LoginStatus expected)
    {
        LoginResult result = await LoginAsync(name, password, Remote);

        Assert.Equal(expected, result.Status);
        Assert.Equal(expected == LoginStatus.Accepted ? name : null, result.User?.Name, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", LoginStatus.Accepted)]
    [InlineData("127.8.8.8", LoginStatus.Accepted)]
    [InlineData("::1", LoginStatus.Accepted)]
    [InlineData("::ffff:127.0.0.2", LoginStatus.Accepted)]
    [InlineData("203.0.113.7", LoginStatus.LoopbackOnly)]
    [InlineData("::ffff:203.0.113.7", LoginStatus.LoopbackOnly)]
    [InlineData("2001:db8::1", LoginStatus.LoopbackOnly)]
    public async Task Authenticate_Guest_IsAllowedFromTheSameMachineOnly(string peer, LoginStatus expected) =>
        Assert.Equal(expected, (await LoginAsync("guest", "guest", IPAddress.Parse(peer))).Status);

    [Fact]
    public async Task Authenticate_WithinTheProcess_CountsAsLocal() =>
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("guest", "guest", peer: null)).Status);

    [Fact]
    public async Task Authenticate_HashOfRabbitMq_IsReplacedAtTheFirstLogin()
    {
        Assert.True(PasswordHash.TryTakeOver(
            PasswordAlgorithm.RabbitSha256, Convert.FromBase64String("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"), out PasswordHash? hash));
        _users.Put(new StoredUser(new User("rita", []), hash));

        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("rita", "test13", Remote)).Status);
        Assert.True(_users.TryGetStored("rita", out StoredUser? before) && before.Password!.IsWeak);
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("rita", "test12", Remote)).Status);
        Assert.True(_users.TryGetStored("rita", out StoredUser? after));
        Assert.Equal(PasswordHash.IterationsDefault, after.Password!.Iterations);
        Assert.False(_store.LoadUsers().Single(user => user.User.Name == "rita").Password!.IsWeak);
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("rita", "test12", Remote)).Status);
    }

    [Theory]
    [InlineData("otto", LoginStatus.Accepted)]
    [InlineData("nobody", LoginStatus.WrongCredentials)]
    [InlineData(null, LoginStatus.WrongCredentials)]
    [InlineData("guest", LoginStatus.LoopbackOnly)]
    public void AuthenticateCertified_NameOfACertificate_MustBeAUser(string? name, LoginStatus expected)
    {
        LoginResult result = _authenticator.AuthenticateCertified(name, Remote);

        Assert.Equal(expected, result.Status);
        Assert.Equal(expected == LoginStatus.Accepted ? name : null, result.User?.Name);
    }

    [Fact]
    public async Task Authenticate_BehindAFullLine_IsRefusedAndTheLineGoesOn()
    {
        using var password = new Secret("s3cret");
        using var gone = new CancellationTokenSource();
        var line = new List<Task<LoginResult>>();
        do
        {
            line.Add(_authenticator.AuthenticateAsync($"nobody{line.Count}", password, Remote, gone.Token).AsTask());
        }
        while (line.Count <= Authenticator.WaitingMax || !line[^1].IsCompleted); // The line becomes shorter meanwhile.

        Assert.Equal(LoginStatus.Busy, (await line[^1]).Status);

        await gone.CancelAsync(); // Whoever gives up leaves the line.
        await ((Task)Task.WhenAll(line)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("otto", "s3cret", Remote)).Status);
    }

    [Fact]
    public async Task Authenticate_ThousandsOfTheSameLogin_HashOnce()
    {
        _users.Put(new StoredUser(new User("many", []), PasswordHash.Create("s3cret"u8)));
        using var password = new Secret("s3cret");
        LoginResult[] results = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => _authenticator.AuthenticateAsync("many", password, Remote, CancellationToken.None).AsTask()));

        Assert.All(results, result => Assert.Equal(LoginStatus.Accepted, result.Status));
        Assert.InRange(_authenticator.HashCount, 1, Math.Max(1, Environment.ProcessorCount / 2)); // At once, before the first is done.
    }

    [Fact]
    public async Task Authenticate_VerifiedBefore_NeedsNoHashing()
    {
        await LoginAsync("otto", "s3cret", Remote);
        using var password = new Secret("s3cret");

        ValueTask<LoginResult> login = _authenticator.AuthenticateAsync("otto", password, Remote, CancellationToken.None);
        Assert.True(login.IsCompletedSuccessfully);
        Assert.Equal(LoginStatus.Accepted, (await login).Status);
        using var wrong = new Secret("s3creT");
        Assert.Equal(LoginStatus.WrongCredentials, (await _authenticator.AuthenticateAsync("otto", wrong, Remote, CancellationToken.None)).Status);
    }

    [Fact]
    public async Task Authenticate_PasswordChanged_RefusesTheOldOne()
    {
        await LoginAsync("otto", "s3cret", Remote);
        Put("otto", "n3w");

        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("otto", "s3cret", Remote)).Status);
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("otto", "n3w", Remote)).Status);
    }

    [Fact]
    public async Task Authenticate_UserDeleted_IsRefused()
    {
        await LoginAsync("otto", "s3cret", Remote);
        Assert.NotEqual(0u, _users.Delete("otto"));

        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("otto", "s3cret", Remote)).Status);
        Assert.Equal(0u, _users.Delete("otto"));
    }

    [Fact]
    public async Task Authenticate_TagsChanged_GivesTheNewTags()
    {
        await LoginAsync("otto", "s3cret", Remote);
        _users.Put(new StoredUser(new User("otto", [UserTags.Monitoring]), PasswordHash.Create("s3cret"u8, iterations: 1)));

        Assert.True((await LoginAsync("otto", "s3cret", Remote)).User!.HasTag(UserTags.Monitoring));
    }

    [Fact]
    public async Task Authenticate_UserWithoutPassword_IsRefused()
    {
        _users.Put(new StoredUser(new User("machine", []), password: null));

        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("machine", "x", Remote)).Status);
        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("machine", string.Empty, Remote)).Status);
    }

    [Fact]
    public async Task Authenticate_ManyFailures_DelaysThatUserFromThatAddressOnly()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("otto", "wrong", Remote)).Status);
        }

        LoginResult delayed = await LoginAsync("otto", "s3cret", Remote); // Even the right password.
        Assert.Equal(LoginStatus.Delayed, delayed.Status);
        Assert.Equal(TimeSpan.FromSeconds(1), delayed.RetryAfter);
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("otto", "s3cret", IPAddress.Loopback)).Status);
        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("anna", "wrong", Remote)).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LoginStatus.Accepted, (await LoginAsync("otto", "s3cret", Remote)).Status);
        Assert.Equal(LoginStatus.WrongCredentials, (await LoginAsync("otto", "wrong", Remote)).Status); // Counted from one again.
    }

    [Fact]
    public async Task Authenticate_FromManyConnectionsAtOnce_AcceptsAll()
    {
        LoginResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => LoginAsync("otto", "s3cret", Remote)));

        Assert.All(results, result => Assert.Equal(LoginStatus.Accepted, result.Status));
    }

    [Fact]
    public void Put_UnusableNameOrPassword_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Put("x", string.Empty));
        Assert.Throws<ArgumentException>(() => Put(string.Empty, "x"));
        Assert.Throws<ArgumentException>(() => Put(new string('ä', 128), "x"));
    }

    private async Task<LoginResult> LoginAsync(string name, string password, IPAddress? peer)
    {
        using var secret = new Secret(password);
        return await _authenticator.AuthenticateAsync(name, secret, peer, CancellationToken.None);
    }

    /// <summary>Few iterations, so that the tests are quick.</summary>
    private void PutCheaply(string name, string password) =>
        _users.Put(new StoredUser(new User(name, []), PasswordHash.Create(Encoding.UTF8.GetBytes(password), iterations: 10)));

    private void Put(string name, string password)
    {
        using var secret = new Secret(password);
        _users.Put(name, secret, []);
    }
}
