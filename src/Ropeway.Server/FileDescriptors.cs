using System.Globalization;

namespace Ropeway.Server;

/// <summary>
/// How the file descriptors that the process may have are shared out. Connections get no more than the rest of the process can spare:
/// a runtime that cannot open a file or start a thread ends the process.
/// </summary>
/// <param name="ConnectionsMax">For the broker's own connections.</param>
/// <param name="HttpConnectionsMax">For connections to the management API.</param>
internal readonly record struct FileDescriptors(int ConnectionsMax, int HttpConnectionsMax)
{
    /// <summary>Fewer are too few to start with.</summary>
    public const long Least = 512;

    private const int SetAside = 256; // Runtime, listeners, journal, a few segments.
    private const int ShareOfStore = 16; // One of so many is set aside besides, for the files of a larger store.
    private const int ShareOfHttp = 16;

    /// <summary>Shares out.</summary>
    /// <param name="limit">How many there are, from <see cref="Least"/>.</param>
    /// <param name="connectionsWanted">Connections that are configured.</param>
    /// <param name="httpConnectionsWanted">HTTP connections that are wanted.</param>
    public static FileDescriptors Share(long limit, int connectionsWanted, int httpConnectionsWanted)
    {
        long http = Math.Min(httpConnectionsWanted, limit / ShareOfHttp);
        long left = limit - http - SetAside - (limit / ShareOfStore);
        return new FileDescriptors((int)Math.Min(connectionsWanted, left), (int)http);
    }

    /// <summary>How many this process may have. The runtime has raised the soft limit to the hard one (setrlimit(2), RLIMIT_NOFILE).</summary>
    public static long ReadLimit() => Parse(File.ReadAllText("/proc/self/limits"));

    /// <summary>Reads the limit out of proc(5)'s file of limits; its lines are name, soft limit, hard limit and unit.</summary>
    internal static long Parse(string limits)
    {
        const string Name = "Max open files";
        ReadOnlySpan<char> rest = limits.AsSpan(limits.IndexOf(Name, StringComparison.Ordinal) + Name.Length).TrimStart();
        ReadOnlySpan<char> soft = rest[..rest.IndexOf(' ')];
        return soft is "unlimited" ? long.MaxValue : long.Parse(soft, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
