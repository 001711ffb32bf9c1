using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>What is kept of a virtual host beside what is in it; immutable.</summary>
/// <param name="Description">For people to read.</param>
/// <param name="Tags">For people and tools.</param>
/// <param name="DefaultQueueType">The type of queues that are declared with none: <c>classic</c>, <c>quorum</c>, <c>stream</c>; null for classic.</param>
public sealed record VirtualHostSettings(string Description, IReadOnlyList<string> Tags, string? DefaultQueueType)
{
    private const string DescriptionField = "description";
    private const string TagsField = "tags";
    private const string TypeField = "default_queue_type";

    /// <summary>Of a virtual host that was made without any.</summary>
    public static VirtualHostSettings None { get; } = new(string.Empty, [], DefaultQueueType: null);

    /// <summary>Whether there is a queue type of this name.</summary>
    public static bool IsQueueType(string name) => name is QueueArguments.ClassicType or QueueArguments.QuorumType or QueueArguments.StreamType;

    /// <summary>Reads what <see cref="ToTable"/> made; null for none.</summary>
    internal static VirtualHostSettings Read(FieldTable? table) => table is null ? None : new VirtualHostSettings(
        table.TryGetString(DescriptionField, out string? description) ? description : string.Empty,
        table.TryGet(TagsField, out object? tags) && tags is FieldArray array ? [.. array.OfType<string>()] : [],
        table.TryGetString(TypeField, out string? type) ? type : null);

    /// <summary>As it is stored; what is not set is left out.</summary>
    internal FieldTable ToTable()
    {
        var table = new FieldTable();
        if (Description.Length > 0)
        {
            table.Add(DescriptionField, Description);
        }

        if (Tags.Count > 0)
        {
            table.Add(TagsField, new FieldArray(Tags));
        }

        if (DefaultQueueType is not null)
        {
            table.Add(TypeField, DefaultQueueType);
        }

        return table;
    }

    /// <summary>The declaration of a queue with the default type, unless it names one, cannot be of that type, or the queue exists and is of another.</summary>
    internal QueueSettings Complete(QueueSettings wanted, Queue? current)
    {
        if (DefaultQueueType is null or QueueArguments.ClassicType
            || wanted.Arguments?.Contains(ArgumentNames.QueueType) == true
            || !wanted.Durable
            || wanted.AutoDelete
            || (current is not null && QueueArguments.GetQueueType(current.Settings.Arguments) != DefaultQueueType))
        {
            return wanted;
        }

        var arguments = new FieldTable();
        foreach ((string name, object? value) in wanted.Arguments ?? [])
        {
            arguments.Add(name, value);
        }

        arguments.Add(ArgumentNames.QueueType, DefaultQueueType);
        return wanted with { Arguments = arguments };
    }
}
