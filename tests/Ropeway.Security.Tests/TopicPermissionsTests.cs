namespace Ropeway.Security.Tests;

public sealed class TopicPermissionsTests
{
    private static readonly User Otto = new("otto", []);

    private readonly MemoryCredentials _store = new();
    private readonly Permissions _permissions;

    public TopicPermissionsTests() => _permissions = new Permissions(_store);

    [Theory]
    [InlineData("t", "a.b", true)]
    [InlineData("t", "b.a", false)]
    [InlineData("t", "", false)]
    [InlineData("other", "b.a", true)] // Nothing is said about it.
    public void Authorize_KeysOfAnExchange_FollowsItsGrantOnly(string exchange, string key, bool expected)
    {
        Set(new TopicGrant("otto", "/", "t", Write: "^a", Read: ".*"));

        Assert.Equal(expected, _permissions.Topics.Authorize(Otto, "/", AccessOperation.Write, exchange, key));
        Assert.True(_permissions.Topics.Authorize(Otto, "/", AccessOperation.Read, exchange, key));
        Assert.True(_permissions.Topics.Authorize(new User("anna", []), "/", AccessOperation.Write, exchange, key));
    }

    [Fact]
    public void Authorize_EmptyExpression_MatchesTheEmptyKeyOnly()
    {
        Set(new TopicGrant("otto", "/", "t", Write: "", Read: ""));

        Assert.True(_permissions.Topics.Authorize(Otto, "/", AccessOperation.Write, "t", ""));
        Assert.False(_permissions.Topics.Authorize(Otto, "/", AccessOperation.Write, "t", "a"));
    }

    [Theory]
    [InlineData("otto", "otto.v1.x", true)]
    [InlineData("otto", "anna.v1.x", false)]
    [InlineData("otto", "{username}.{vhost}.x", false)]
    [InlineData(".*", ".*.v1.x", true)]
    [InlineData(".*", "anna.v1.x", false)] // A name is no expression.
    public void Authorize_NamesInAnExpression_AreTakenLiterally(string name, string key, bool expected)
    {
        Set(new TopicGrant(name, "v1", "t", Write: @"^{username}\.{vhost}\.", Read: ""));

        Assert.Equal(expected, _permissions.Topics.Authorize(new User(name, []), "v1", AccessOperation.Write, "t", key));
    }

    [Fact]
    public void Set_BadExpression_IsRefusedAndChangesNothing()
    {
        long version = _permissions.Version;
        Assert.False(_permissions.Topics.TrySet(new TopicGrant("otto", "/", "t", "(", ""), out _, out string? problem));

        Assert.Contains("(", problem, StringComparison.Ordinal);
        Assert.Equal(version, _permissions.Version);
        Assert.Empty(_permissions.Topics.All);
    }

    [Fact]
    public void Changes_OfTopicPermissions_ChangeTheVersionOfAll()
    {
        long version = _permissions.Version;
        Set(new TopicGrant("otto", "/", "t", "a", ""));
        Assert.NotEqual(version, _permissions.Version);
        version = _permissions.Version;
        Assert.NotEqual(0ul, _permissions.Topics.Clear("otto", "/", exchange: null));
        Assert.NotEqual(version, _permissions.Version);
        Assert.Equal(0ul, _permissions.Topics.Clear("otto", "/", exchange: null));
    }

    [Fact]
    public void Start_AfterChanges_FindsThem()
    {
        Set(new TopicGrant("otto", "/", "t1", "a", "b"));
        Set(new TopicGrant("otto", "/", "t2", "a", "b"));
        _permissions.Topics.Clear("otto", "/", "t1");

        Assert.Equal([new TopicGrant("otto", "/", "t2", "a", "b")], new Permissions(_store).Topics.All);
    }

    [Fact]
    public void DeleteUser_TakesItsTopicPermissions()
    {
        var users = new UserDirectory(_store, _permissions);
        users.Put(new StoredUser(Otto, password: null));
        Set(new TopicGrant("otto", "/", "t", "a", "b"));
        Set(new TopicGrant("anna", "/", "t", "a", "b"));
        users.Delete("otto");

        Assert.Equal("anna", Assert.Single(_permissions.Topics.All).User);
        Assert.Equal("anna", Assert.Single(_store.LoadTopicPermissions()).User);
    }

    private void Set(TopicGrant grant) => Assert.True(_permissions.Topics.TrySet(grant, out _, out _));
}
