namespace Ropeway.Management;

/// <summary>Bounds of the HTTP server. They are listed with what happens at each of them in <c>docs/limits.md</c>.</summary>
public static class ManagementLimits
{
    /// <summary>Open HTTP connections; one more is closed at once.</summary>
    public const int ConnectionsMax = 1_000;

    /// <summary>Body of a request in bytes; a longer one gets 413.</summary>
    public const int BodyBytesMax = 1024 * 1024;

    /// <summary>Body of a definitions import in bytes.</summary>
    public const int DefinitionsBytesMax = 64 * 1024 * 1024;

    /// <summary>Imports of definitions that are remembered, to be taken back; one more and the oldest is forgotten.</summary>
    public const int ImportCountMax = 10;

    /// <summary>What these have changed, in bytes; when it is more the oldest are forgotten.</summary>
    public const int ImportsBytesMax = 32 * 1024 * 1024;

    /// <summary>A message that is published, with its names and properties, in bytes.</summary>
    public const int MessageBytesMax = 1_000_000;

    /// <summary>Encoded properties of a message that is published, in bytes: over AMQP they are delivered in one frame, which holds as much as this by default.</summary>
    public const int PropertiesBytesMax = (128 * 1024) - 64;

    /// <summary>Messages that one request gets out of a queue, in bytes: bodies, properties, and what each costs besides; the last may go over it.</summary>
    public const int TakenBytesMax = 16 * 1024 * 1024;

    /// <summary>Searches through messages that a user has under way at once; one more gets 429.</summary>
    public const int ScansPerUserMax = 2;

    /// <summary>Time for the headers of a request, in seconds.</summary>
    public const int HeadersTimeoutSeconds = 10;

    /// <summary>Time that an idle connection is kept, in seconds.</summary>
    public const int KeepAliveSeconds = 60;

    /// <summary>Time for requests under way when the server stops, in seconds.</summary>
    public const int StopSeconds = 2;
}
