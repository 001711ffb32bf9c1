using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>The rules for the arguments that a consumer is started with. Pure; any thread.</summary>
public static class ConsumerArguments
{
    /// <summary>The priority among the queue's consumers; 0 when none is given.</summary>
    /// <param name="arguments">Checked before.</param>
    public static int GetPriority(FieldTable arguments) =>
        arguments.TryGetInteger("x-priority", out long priority) ? (int)Math.Clamp(priority, int.MinValue, int.MaxValue) : 0;

    /// <summary>Checks the types of the known ones; unknown ones mean nothing.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="queue">The queue's name, for the text.</param>
    /// <param name="host">Its virtual host's name, for the text.</param>
    /// <exception cref="RefusedException">A value of the wrong type.</exception>
    public static void Check(FieldTable arguments, string queue, string host)
    {
        if (arguments.TryGet("x-priority", out object? priority) && (priority is FieldTimestamp || !ArgumentValues.TryGetInteger(priority, out _)))
        {
            RefusalTexts.ThrowInvalidArgument("x-priority", RefusalTexts.Queue(queue, host), $"\"expected integer, got {ArgumentValues.TypeName(priority)}\"");
        }

        if (arguments.TryGet("x-cancel-on-ha-failover", out object? cancels) && cancels is not bool)
        {
            RefusalTexts.ThrowInvalidArgument("x-cancel-on-ha-failover", RefusalTexts.Queue(queue, host), $"{{unacceptable_type,{ArgumentValues.TypeName(cancels)}}}");
        }
    }
}
