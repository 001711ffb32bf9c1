namespace Ropeway.Server;

/// <summary>How the process ends. Each fault at start has its own code; <c>docs/operations/troubleshooting.md</c> lists them.</summary>
public static class ExitCode
{
    /// <summary>Stopped cleanly.</summary>
    public const int Clean = 0;

    /// <summary>A fault that none of the other codes names.</summary>
    public const int Failed = 1;

    /// <summary>Unknown command or option, or a bad value on the command line or in an environment variable.</summary>
    public const int Usage = 2;

    /// <summary>The configuration file cannot be read or says something wrong.</summary>
    public const int Configuration = 3;

    /// <summary>A listener's URL is malformed or names a host that cannot be found.</summary>
    public const int ListenUrl = 4;

    /// <summary>A listener's URL has a scheme that this build does not serve.</summary>
    public const int ListenScheme = 5;

    /// <summary>The definitions to import at start cannot be read, or an entry is refused.</summary>
    public const int Definitions = 6;

    /// <summary>A TLS listener has no certificate, or a certificate, key or authority cannot be read.</summary>
    public const int Tls = 7;

    /// <summary>Another process listens on the address.</summary>
    public const int AddressInUse = 10;

    /// <summary>The address is not ours, or may not be listened on.</summary>
    public const int AddressRefused = 11;

    /// <summary>The process may open too few files.</summary>
    public const int FileDescriptors = 12;

    /// <summary>Another process holds the data directory.</summary>
    public const int DataInUse = 20;

    /// <summary>The data directory was written by a newer version.</summary>
    public const int DataNewer = 21;

    /// <summary>The data directory is damaged; nothing was changed.</summary>
    public const int DataDamaged = 22;

    /// <summary>The data directory cannot be read or written.</summary>
    public const int DataUnusable = 23;

    /// <summary>The store failed while running, for example because a sync failed; what was confirmed is on disk.</summary>
    public const int StoreFailed = 30;
}
