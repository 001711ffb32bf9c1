namespace Ropeway.TestKit.History;

/// <summary>All messages of one producer in one queue, by their sequence.</summary>
internal sealed class TrackedStream(int producer, TrackedQueue queue)
{
    private TrackedMessage[] _messages = new TrackedMessage[1024];

    public int Producer { get; } = producer;

    public TrackedQueue Queue { get; } = queue;

    public long Count { get; private set; }

    /// <summary>Highest sequence delivered before the last crash; nothing below it can come as a first delivery afterwards.</summary>
    public long HighBeforeCrash { get; set; } = -1;

    /// <summary>Highest sequence delivered so far.</summary>
    public long High { get; set; } = -1;

    public ref TrackedMessage this[long sequence] => ref _messages[sequence];

    /// <summary>How a message is named in reports.</summary>
    public string Name(long sequence) => $"{Queue.Name} producer {Producer} sequence {sequence}";

    public void Add(long publishedAt, bool mayBeLost)
    {
        if (Count == _messages.Length)
        {
            Array.Resize(ref _messages, _messages.Length * 2);
        }

        _messages[Count++] = new TrackedMessage { PublishedAt = publishedAt, MayBeLost = mayBeLost, Session = -1 };
    }
}
