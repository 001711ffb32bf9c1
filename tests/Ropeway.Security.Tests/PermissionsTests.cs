using System.Runtime.CompilerServices;

namespace Ropeway.Security.Tests;

public sealed class PermissionsTests
{
    private readonly MemoryCredentials _store = new();
    private readonly User _user = new("otto", []);
    private readonly Permissions _permissions;

    public PermissionsTests() => _permissions = new Permissions(_store);

    [Theory]
    [InlineData(".*", "anything", true)]
    [InlineData("", "anything", false)] // Empty means nothing.
    [InlineData("^$", "anything", false)]
    [InlineData("^otto\\..*", "otto.q", true)]
    [InlineData("^otto\\..*", "not.otto.q", false)]
    [InlineData("otto", "not.otto.q", true)] // Not anchored: anywhere.
    [InlineData("^(amq\\.default|q)$", "q", true)]
    [InlineData("^(amq\\.default|q)$", "", true)] // The default exchange.
    [InlineData("^(amq\\.default|q)$", "Q", false)]
    public void Authorize_Pattern_DecidesByName(string pattern, string resource, bool expected)
    {
        Grant(pattern, "never", "never");

        Assert.Equal(expected, _permissions.Authorize(_user, "/", AccessOperation.Configure, resource));
        Assert.Equal(expected, _permissions.Authorize(_user, "/", AccessOperation.Configure, resource)); // Remembered.
        Assert.False(_permissions.Authorize(_user, "/", AccessOperation.Write, resource));
        Assert.False(_permissions.Authorize(_user, "/", AccessOperation.Read, resource));
    }

    [Fact]
    public void Authorize_EachOperation_HasItsOwnPattern()
    {
        Grant("^c$", "^w$", "^r$");

        Assert.True(_permissions.Authorize(_user, "/", AccessOperation.Configure, "c"));
        Assert.True(_permissions.Authorize(_user, "/", AccessOperation.Write, "w"));
        Assert.True(_permissions.Authorize(_user, "/", AccessOperation.Read, "r"));
        Assert.False(_permissions.Authorize(_user, "/", AccessOperation.Write, "r"));
    }

    [Fact]
    public void Authorize_OtherUserOrVirtualHost_IsRefused()
    {
        Grant(".*", ".*", ".*");

        Assert.True(_permissions.CanEnter(_user, "/"));
        Assert.False(_permissions.CanEnter(_user, "other"));
        Assert.False(_permissions.CanEnter(new User("anna", []), "/"));
        Assert.False(_permissions.Authorize(_user, "other", AccessOperation.Read, "q"));
        Assert.False(_permissions.Authorize(new User("anna", [UserTags.Administrator]), "/", AccessOperation.Read, "q"));
    }

    [Fact]
    public void Authorize_AfterAChange_DecidesAnew()
    {
        Grant(".*", ".*", ".*");
        Assert.True(_permissions.Authorize(_user, "/", AccessOperation.Read, "q"));
        long version = _permissions.Version;
        Grant(".*", ".*", "^other$");

        Assert.NotEqual(version, _permissions.Version);
        Assert.False(_permissions.Authorize(_user, "/", AccessOperation.Read, "q"));
        Assert.NotEqual(0u, _permissions.Clear("otto", "/"));
        Assert.False(_permissions.CanEnter(_user, "/"));
        Assert.Equal(0u, _permissions.Clear("otto", "/"));
    }

    [Fact]
    public void Authorize_MoreNamesThanAreRemembered_StaysRight()
    {
        Grant("^q\\d*[02468]$", ".*", ".*");

        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(i % 2 == 0, _permissions.Authorize(_user, "/", AccessOperation.Configure, $"q{i}"));
        }
    }

    [Fact]
    public void Authorize_NameLongerThanAnyNameIs_IsDecidedAndNotKept()
    {
        Grant("^q", ".*", ".*");

        WeakReference name = AskForLongName();
        GC.Collect();

        Assert.False(name.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference AskForLongName()
    {
        string name = new('q', 1_000_000);
        Assert.True(_permissions.Authorize(_user, "/", AccessOperation.Configure, name));
        return new WeakReference(name);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?=look)ahead")] // Would need backtracking.
    [InlineData("(a)\\1")]
    public void TrySet_PatternThatCannotBeUsed_IsRefusedWithReason(string pattern)
    {
        Assert.False(_permissions.TrySet(new PermissionGrant("otto", "/", ".*", pattern, ".*"), out _, out string? problem));
        Assert.False(string.IsNullOrEmpty(problem));
        Assert.False(_permissions.CanEnter(_user, "/"));
        Assert.Empty(_store.LoadPermissions());
    }

    [Fact]
    public void TrySet_PatternTooLong_IsRefused() =>
        Assert.False(_permissions.TrySet(new PermissionGrant("otto", "/", new string('a', 4097), ".*", ".*"), out _, out _));

    [Fact]
    public void Authorize_PatternThatInvitesBacktracking_EndsAtOnce()
    {
        Grant("^(a+)+$", ".*", ".*");

        Assert.False(_permissions.Authorize(_user, "/", AccessOperation.Configure, new string('a', 254) + "b"));
    }

    [Fact]
    public void ForgetVirtualHost_NamesTheUsersAndTakesTheirPermissions()
    {
        Grant(".*", ".*", ".*");
        Assert.True(_permissions.TrySet(new PermissionGrant("anna", "/", ".*", ".*", ".*"), out _, out _));
        Assert.True(_permissions.TrySet(new PermissionGrant("anna", "shop", ".*", ".*", ".*"), out _, out _));

        Assert.Equal("anna otto", string.Join(' ', _permissions.ForgetVirtualHost("/", out _).Order(StringComparer.Ordinal)));
        Assert.Equal("shop", Assert.Single(_permissions.All).VirtualHost, StringComparer.Ordinal);
    }

    [Fact]
    public void NewStart_FindsThePermissions()
    {
        Grant("^a$", "^b$", "^c$");

        Assert.True(new Permissions(_store).Authorize(_user, "/", AccessOperation.Write, "b"));
    }

    private void Grant(string configure, string write, string read) =>
        Assert.True(_permissions.TrySet(new PermissionGrant("otto", "/", configure, write, read), out _, out _));
}
