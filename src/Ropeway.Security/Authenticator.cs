using System.Net;

namespace Ropeway.Security;

/// <summary>
/// Logs users in by password. Any thread may call it. Costs the same for unknown users as for wrong passwords; hashing runs on the
/// thread pool, on a bounded number of threads, never on the caller's.
/// </summary>
public sealed class Authenticator : IDisposable
{
    /// <summary>Logins that may wait to be verified; one more is refused.</summary>
    public const int WaitingMax = 4096;

    private const int PasswordBytesMax = 4096;

    private readonly UserDirectory _users;
    private readonly HashSet<string> _loopbackUsers;
    private readonly LoginThrottle _throttle;
    private readonly VerifiedLogins _verified = new();
    private readonly StoredUser _nobody = new(new User(string.Empty, []), PasswordHash.CreateUnmatchable());
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private long _usersVersion;
    private int _waitingCount;
    private int _hashCount;

    /// <summary>Makes an authenticator.</summary>
    /// <param name="users">The users.</param>
    /// <param name="loopbackUsers">Users that may connect from the same machine only.</param>
    /// <param name="time">The clock.</param>
    public Authenticator(UserDirectory users, IEnumerable<string> loopbackUsers, TimeProvider time)
    {
        _users = users;
        _loopbackUsers = new HashSet<string>(loopbackUsers, StringComparer.Ordinal);
        _throttle = new LoginThrottle(time);
        Failures = new LoginFailures(time);
        _usersVersion = users.Version;
    }

    /// <summary>The last logins that were refused.</summary>
    public LoginFailures Failures { get; }

    /// <summary>Logins for which a password was hashed; the others were decided without.</summary>
    internal int HashCount => Volatile.Read(ref _hashCount);

    /// <summary>Logs a user in.</summary>
    /// <param name="name">The name that the client gave.</param>
    /// <param name="password">The password; stays the caller's, who keeps it until the result is there and disposes it then.</param>
    /// <param name="peer">The client's address; null for a connection within the process, which counts as local.</param>
    /// <param name="aborted">Gives up waiting for a thread.</param>
    /// <returns>Complete already when no hashing was needed.</returns>
    public ValueTask<LoginResult> AuthenticateAsync(string name, Secret password, IPAddress? peer, CancellationToken aborted)
    {
        IPAddress address = Plain(peer ?? IPAddress.Loopback);
        return TryDecideFast(name, password, address, out LoginResult result)
            ? ValueTask.FromResult(result)
            : VerifyAsync(name, password, address, aborted);
    }

    /// <summary>Logs a user in whose certificate was verified. Needs no hashing.</summary>
    /// <param name="name">The name in the certificate; null when it has none.</param>
    /// <param name="peer">The client's address; null counts as local.</param>
    public LoginResult AuthenticateCertified(string? name, IPAddress? peer)
    {
        if (name is null || !_users.TryGet(name, out User? user))
        {
            return Refused(LoginStatus.WrongCredentials);
        }

        return _loopbackUsers.Contains(name) && !IPAddress.IsLoopback(Plain(peer ?? IPAddress.Loopback))
            ? Refused(LoginStatus.LoopbackOnly)
            : new LoginResult(LoginStatus.Accepted, user, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void Dispose() => _hashing.Dispose();

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static LoginResult Refused(LoginStatus status, TimeSpan retryAfter = default) => new(status, User: null, retryAfter);

    private bool TryDecideFast(string name, Secret password, IPAddress address, out LoginResult result)
    {
        TimeSpan delay = _throttle.GetDelay(name, address);
        if (delay > TimeSpan.Zero)
        {
            Failures.Add(name, address, LoginStatus.Delayed);
            result = Refused(LoginStatus.Delayed, delay);
            return true;
        }

        if (_loopbackUsers.Contains(name) && !IPAddress.IsLoopback(address))
        {
            Failures.Add(name, address, LoginStatus.LoopbackOnly);
            result = Refused(LoginStatus.LoopbackOnly);
            return true;
        }

        ForgetChangedUsers();
        if (_users.Find(name) is { } user && _verified.Contains(user, password.Reveal()))
        {
            _throttle.OnSuccess(name, address);
            result = new LoginResult(LoginStatus.Accepted, user.User, TimeSpan.Zero);
            return true;
        }

        result = default;
        return false;
    }

    private async ValueTask<LoginResult> VerifyAsync(string name, Secret password, IPAddress address, CancellationToken aborted)
    {
        if (!await TryEnterAsync(aborted).ConfigureAwait(false))
        {
            return Refused(LoginStatus.Busy);
        }

        try
        {
            // Others may have verified the same login, or failed too often, while this one waited.
            return TryDecideFast(name, password, address, out LoginResult result)
                ? result
                : await Task.Run(() => Verify(name, password, address), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _hashing.Release();
        }
    }

    /// <summary>Waits for a thread to hash on, in line.</summary>
    /// <returns>False when the line is full.</returns>
    private async ValueTask<bool> TryEnterAsync(CancellationToken aborted)
    {
        try
        {
            if (Interlocked.Increment(ref _waitingCount) > WaitingMax)
            {
                return false;
            }

            await _hashing.WaitAsync(aborted).ConfigureAwait(false);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waitingCount);
        }
    }

    private LoginResult Verify(string name, Secret password, IPAddress address)
    {
        Interlocked.Increment(ref _hashCount);
        StoredUser? user = _users.Find(name);
        ReadOnlySpan<byte> bytes = password.Reveal();
        PasswordHash hash = user?.Password ?? _nobody.Password!;
        bool matches = hash.Verify(bytes.Length > PasswordBytesMax ? [] : bytes);
        if (!matches || user?.Password is null || bytes.IsEmpty || bytes.Length > PasswordBytesMax)
        {
            if (hash.IsWeak)
            {
                _nobody.Password!.Verify([]); // Costs what the others cost: the time must not tell who has such a hash.
            }

            _throttle.OnFailure(name, address);
            Failures.Add(name, address, LoginStatus.WrongCredentials);
            return Refused(LoginStatus.WrongCredentials);
        }

        _throttle.OnSuccess(name, address);
        if (hash.IsWeak)
        {
            user = _users.ReplacePassword(user, PasswordHash.Create(bytes));
        }

        _verified.Add(user, bytes);
        return new LoginResult(LoginStatus.Accepted, user.User, TimeSpan.Zero);
    }

    private void ForgetChangedUsers()
    {
        long version = _users.Version;
        if (Interlocked.Exchange(ref _usersVersion, version) != version)
        {
            _verified.Clear();
        }
    }
}
