using Ropeway.Core.Queues;

namespace Ropeway.Management.Definitions;

/// <summary>The names of queue types.</summary>
internal static class QueueTypes
{
    /// <summary>The type of a queue that was declared with none.</summary>
    public const string Classic = "classic";

    /// <summary>The type of a queue.</summary>
    public static string Of(Queue queue) =>
        queue.Settings.Arguments is { } arguments && arguments.TryGetString("x-queue-type", out string? type) ? type : Classic;
}
