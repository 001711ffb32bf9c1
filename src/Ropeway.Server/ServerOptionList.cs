using Microsoft.Extensions.Logging;

namespace Ropeway.Server;

/// <summary>All options, in the order of the help text.</summary>
internal static class ServerOptionList
{
    private static readonly string[] LevelNames = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    /// <summary>All options.</summary>
    public static IReadOnlyList<ServerOption> All { get; } =
    [
        new("listen", "URL", "amqp on port 5672 and http on port 15672 of 127.0.0.1 and [::1]", "Where to listen; may be repeated and replaces the defaults. Port 0 picks a free port.",
            static (options, values) => options with { Listen = [.. values.Select(ListenUrl.Parse)] })
        {
            IsRepeatable = true,
        },
        new("data-dir", "PATH", "./ropeway-data", "Directory of the store; made when it does not exist.",
            static (options, values) => options with { DataDirectory = NotEmpty(values[0]) }),
        new("config", "FILE", "none", "Configuration file (JSON) with the options by these names.",
            static (options, values) => options with { ConfigFile = NotEmpty(values[0]) }),
        new("definitions", "FILE", "none", "Definitions (JSON, RabbitMQ's export format) that are imported at every start.",
            static (options, values) => options with { DefinitionsFile = NotEmpty(values[0]) }),
        new("log-level", "LEVEL", "information", "Least severe level that is logged: " + string.Join(", ", LevelNames) + ".",
            static (options, values) => options with { LogLevel = Level(values[0]) }),
        new("frame-max", "BYTES", "131072", "Largest AMQP frame offered to clients, in bytes, 4096 to 262144.",
            static (options, values) => options with { FrameBytesMax = Number(values[0], 4_096, 262_144) }),
        new("channel-max", "COUNT", "2047", "Highest channel number offered to clients, 1 to 65535.",
            static (options, values) => options with { ChannelMax = Number(values[0], 1, ushort.MaxValue) }),
        new("heartbeat", "SECONDS", "60", "Heartbeat interval offered to clients, in seconds, 0 (none) to 65535.",
            static (options, values) => options with { Heartbeat = TimeSpan.FromSeconds(Number(values[0], 0, ushort.MaxValue)) }),
        new("max-message-bytes", "BYTES", "134217728", "Largest message body accepted, in bytes, 1 to 536870912.",
            static (options, values) => options with { MessageBytesMax = Number(values[0], 1, 536_870_912) }),
        new("connections-max", "COUNT", "65536", "How many connections may be open at once, 1 to 1000000; one more is closed at once.",
            static (options, values) => options with { ConnectionsMax = Number(values[0], 1, 1_000_000) }),
        new("memory-high-watermark", "SHARE or BYTES", "0.6", "Memory of the process beyond which publishers wait: a share of the machine's (0.6) or an amount (2GB); 0 stops all publishers.",
            static (options, values) => options with { MemoryHighWatermark = MemoryWatermark.Parse(values[0]) }),
        new("disk-free-limit", "BYTES", "50MB", "Free disk space below which publishers wait, in bytes or with a unit (50MB, 1GiB); 0 is no limit.",
            static (options, values) => options with { DiskFreeLimitBytes = ByteCount.Parse(values[0]) }),
        new("handshake-timeout", "SECONDS", "10", "Time from the accept until a client must have logged in, in seconds, 1 to 3600.",
            static (options, values) => options with { HandshakeTimeout = TimeSpan.FromSeconds(Number(values[0], 1, 3_600)) }),
        new("stop-timeout", "SECONDS", "5", "Time for clients to say goodbye when the server stops, in seconds, 0 to 3600.",
            static (options, values) => options with { StopTimeout = TimeSpan.FromSeconds(Number(values[0], 0, 3_600)) }),
        new("default-user", "NAME", "guest, from loopback only", "User made at the first start.",
            static (options, values) => options with { DefaultUser = NotEmpty(values[0]) })
        {
            OtherEnvironmentName = "RABBITMQ_DEFAULT_USER",
        },
        new("default-pass", "TEXT", "guest", "Password of the user made at the first start; better given by the environment than on the command line.",
            static (options, values) => options with { DefaultPassword = NotEmpty(values[0]) })
        {
            OtherEnvironmentName = "RABBITMQ_DEFAULT_PASS",
            IsSecret = true,
        },
        new("default-vhost", "NAME", "/", "Virtual host made at the first start.",
            static (options, values) => options with { DefaultVirtualHost = NotEmpty(values[0]) })
        {
            OtherEnvironmentName = "RABBITMQ_DEFAULT_VHOST",
        },
    ];

    /// <summary>The option of that name, or null. Names are compared as they are written.</summary>
    public static ServerOption? Find(string name)
    {
        foreach (ServerOption option in All)
        {
            if (option.Name == name)
            {
                return option;
            }
        }

        return null;
    }

    /// <summary>The known name most like <paramref name="name"/>, or null when none is near.</summary>
    public static string? Nearest(string name) => NearestName.Find(name, All.Select(option => option.Name));

    private static string NotEmpty(string text) => text.Length > 0 ? text : throw new FormatException("it must not be empty");

    private static int Number(string text, int min, int max) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out int number) && number >= min && number <= max
            ? number
            : throw new FormatException($"a whole number from {min} to {max} is expected");

    private static LogLevel Level(string text)
    {
        int level = Array.IndexOf(LevelNames, text.ToLowerInvariant());
        return level >= 0 ? (LogLevel)level : throw new FormatException("one of " + string.Join(", ", LevelNames) + " is expected");
    }
}
