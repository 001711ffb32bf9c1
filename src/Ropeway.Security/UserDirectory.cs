using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ropeway.Security;

/// <summary>The users. Any thread may call it; looking up takes no lock. Changes are durable once the returned index is committed.</summary>
public sealed class UserDirectory
{
    /// <summary>Longest name in bytes of UTF-8.</summary>
    public const int NameBytesMax = 255;

    private readonly Lock _gate = new();
    private readonly ICredentialStore _store;
    private readonly Permissions _permissions;
    private Dictionary<string, StoredUser> _users; // Replaced, never changed.
    private long _version;

    /// <summary>Loads the users.</summary>
    /// <param name="store">Where they are kept.</param>
    /// <param name="permissions">Loses those of a user that is deleted.</param>
    public UserDirectory(ICredentialStore store, Permissions permissions)
    {
        _store = store;
        _permissions = permissions;
        _users = store.LoadUsers().ToDictionary(stored => stored.User.Name, StringComparer.Ordinal);
    }

    /// <summary>Changes with every change of a user.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>All users at this moment.</summary>
    public IReadOnlyList<User> All => [.. Volatile.Read(ref _users).Values.Select(stored => stored.User)];

    /// <summary>Finds a user.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out User? user)
    {
        user = Volatile.Read(ref _users).GetValueOrDefault(name)?.User;
        return user is not null;
    }

    /// <summary>Adds a user, or changes its password and tags. Hashes the password: never on a socket thread.</summary>
    /// <param name="name">Not empty, at most <see cref="NameBytesMax"/> bytes.</param>
    /// <param name="password">Not empty.</param>
    /// <param name="tags">See <see cref="UserTags"/>.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="ArgumentException">The name or the password is empty or too long.</exception>
    public ulong Put(string name, Secret password, IReadOnlyList<string> tags)
    {
        if (password.Reveal().IsEmpty)
        {
            throw new ArgumentException("A password must not be empty.", nameof(password));
        }

        return Put(new StoredUser(new User(name, tags), PasswordHash.Create(password.Reveal())));
    }

    /// <summary>Adds or changes a user whose password is hashed already.</summary>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public ulong Put(StoredUser user)
    {
        string name = user.User.Name;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameBytesMax)
        {
            throw new ArgumentException($"A user name holds 1 to {NameBytesMax} bytes.", nameof(user));
        }

        lock (_gate)
        {
            ulong commitIndex = _store.PutUser(user);
            Volatile.Write(ref _users, new Dictionary<string, StoredUser>(_users, StringComparer.Ordinal) { [name] = user });
            Interlocked.Increment(ref _version);
            return commitIndex;
        }
    }

    /// <summary>Deletes a user with its permissions. Its connections are closed by the caller.</summary>
    /// <returns>The index to wait for; 0 when there is none of that name.</returns>
    public ulong Delete(string name)
    {
        lock (_gate)
        {
            if (!_users.ContainsKey(name))
            {
                return 0;
            }

            return _permissions.ForgetUser(name, (hosts, topics) =>
            {
                var users = new Dictionary<string, StoredUser>(_users, StringComparer.Ordinal);
                users.Remove(name);
                Volatile.Write(ref _users, users); // Under the gate of the permissions: it gets no new ones.
                Interlocked.Increment(ref _version);
                return _store.DeleteUser(name, hosts, topics);
            });
        }
    }

    /// <summary>Finds a user with its password's hash; for the export of definitions.</summary>
    public bool TryGetStored(string name, [NotNullWhen(true)] out StoredUser? user)
    {
        user = Find(name);
        return user is not null;
    }

    /// <summary>Replaces a hash by a better one of the same password, unless the user was changed meanwhile.</summary>
    /// <returns>The user as it is now stored; the given one when it was changed or deleted meanwhile.</returns>
    internal StoredUser ReplacePassword(StoredUser user, PasswordHash password)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(Find(user.User.Name), user))
            {
                return user;
            }

            var replaced = new StoredUser(user.User, password);
            Put(replaced);
            return replaced;
        }
    }

    /// <summary>Finds a user with its password's hash.</summary>
    internal StoredUser? Find(string name) => Volatile.Read(ref _users).GetValueOrDefault(name);
}
