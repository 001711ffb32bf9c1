namespace Ropeway.Core.Queues.Groups;

/// <summary>
/// What a queue knows of one group that has messages which are held, postponed or waiting. Used again for other groups, see
/// <see cref="GroupTable"/>. Guarded by the queue's gate.
/// </summary>
internal sealed class GroupState
{
    private byte[] _id = [];
    private int _idBytes;
    private GroupState? _next;

    /// <summary>The id, see <see cref="GroupId"/>.</summary>
    public ReadOnlySpan<byte> Id => _id.AsSpan(0, _idBytes);

    /// <summary>Hash of the id.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The next group in the table's bucket, or among the spare ones.</summary>
    public ref GroupState? Next => ref _next;

    /// <summary>Who holds messages of the group; null when nobody does, or they were fetched with get.</summary>
    public Consumer? Holder { get; set; }

    /// <summary>Messages that are delivered and not settled.</summary>
    public long HeldCount { get; set; }

    /// <summary>Messages that came back and wait until they are ready again.</summary>
    public long PostponedCount { get; set; }

    /// <summary>Ready messages that were looked at, by their places; all ready ones before what was not looked at.</summary>
    public PlaceList Waiting { get; } = new();

    /// <summary>Whether anybody may take its next message.</summary>
    public bool IsFree => HeldCount == 0 && PostponedCount == 0;

    /// <summary>Whether nothing is known of it.</summary>
    public bool IsIdle => IsFree && Waiting.Count == 0;

    /// <summary>Among whose groups it is; null unless it waits for its holder only.</summary>
    public HeldGroups? Heap { get; set; }

    /// <summary>Where it is in <see cref="Heap"/>.</summary>
    public int HeapIndex { get; set; }

    /// <summary>Stands for another group from now on.</summary>
    public void Begin(ReadOnlySpan<byte> id, ulong hash)
    {
        if (_id.Length < id.Length)
        {
            _id = new byte[id.Length];
        }

        id.CopyTo(_id);
        _idBytes = id.Length;
        Hash = hash;
    }
}
