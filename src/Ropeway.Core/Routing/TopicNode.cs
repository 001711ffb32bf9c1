namespace Ropeway.Core.Routing;

/// <summary>
/// One word of topic patterns: all patterns that begin with the same words share the nodes of these. Changed by one writer under
/// the virtual host's gate, read by any thread.
/// </summary>
/// <param name="id">Never used again; the scope of the node's literal children in the trie's table.</param>
/// <param name="parent">Null for the root.</param>
/// <param name="word">The pattern's word when it is literal.</param>
/// <param name="kind">What the word is.</param>
internal sealed class TopicNode(long id, TopicNode? parent, byte[] word, TopicWordKind kind)
{
    /// <summary>Children for the word <c>*</c> and <c>#</c>, and the bindings that end here.</summary>
    private TopicNode? _star;
    private TopicNode? _hash;
    private LiveList<Binding>? _bindings;

    /// <summary>The node's number.</summary>
    public long Id { get; } = id;

    /// <summary>The node before.</summary>
    public TopicNode? Parent { get; } = parent;

    /// <summary>The word of a literal node; empty for others.</summary>
    public byte[] Word { get; } = word;

    /// <summary>What the word is.</summary>
    public TopicWordKind Kind { get; } = kind;

    /// <summary>True when a <c>#</c> stands before this node: it can then be reached with different numbers of words.</summary>
    public bool IsBelowHash { get; } = parent is not null && (parent.IsBelowHash || parent.Kind == TopicWordKind.Hash);

    /// <summary>Children with a literal word; they are found in the trie's table.</summary>
    public int LiteralCount { get; set; }

    /// <summary>The child for <c>*</c>.</summary>
    public TopicNode? Star
    {
        get => Volatile.Read(ref _star);
        set => Volatile.Write(ref _star, value);
    }

    /// <summary>The child for <c>#</c>.</summary>
    public TopicNode? Hash
    {
        get => Volatile.Read(ref _hash);
        set => Volatile.Write(ref _hash, value);
    }

    /// <summary>The bindings whose pattern ends here; null when there are none.</summary>
    public LiveList<Binding>? Bindings
    {
        get => Volatile.Read(ref _bindings);
        set => Volatile.Write(ref _bindings, value);
    }

    /// <summary>True when no pattern needs this node.</summary>
    public bool IsUnused => LiteralCount == 0 && Star is null && Hash is null && Bindings is null;

    /// <summary>True when patterns go on behind this node.</summary>
    public bool HasChildren => LiteralCount != 0 || Star is not null || Hash is not null;
}
