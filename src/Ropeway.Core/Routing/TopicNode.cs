namespace Ropeway.Core.Routing;

/// <summary>
/// One word of topic patterns, or all literal words in front of their first wildcard, which is a beginning: patterns that begin with
/// the same words share the nodes of these. Changed by one writer under the virtual host's gate, read by any thread.
/// </summary>
/// <param name="parent">Null for the root and for beginnings.</param>
/// <param name="literal">The pattern's word, or words of a beginning, as it is written; empty for the root and for wildcards.</param>
/// <param name="kind">What the word is.</param>
/// <param name="pathHash">Hash of the pattern up to here.</param>
internal sealed class TopicNode(TopicNode? parent, byte[] literal, TopicWordKind kind, ulong pathHash)
{
    /// <summary>Children for the word <c>*</c> and <c>#</c>, and the bindings that end here.</summary>
    private TopicNode? _star;
    private TopicNode? _hash;
    private object? _bindings;

    /// <summary>The node before; null for the root and for beginnings.</summary>
    public TopicNode? Parent { get; } = parent;

    /// <summary>What the node stands for: one word, for a beginning all words in front of the first wildcard with the dots between them.</summary>
    public byte[] Literal { get; } = literal;

    /// <summary>What the word is.</summary>
    public TopicWordKind Kind { get; } = kind;

    /// <summary>Hash of the words that lead here; see <see cref="KeyHash.Append"/>.</summary>
    public ulong PathHash { get; } = pathHash;

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

    /// <summary>The bindings whose pattern ends here, as <see cref="OneOrMany"/> keeps them; null when there are none.</summary>
    public object? Bindings
    {
        get => Volatile.Read(ref _bindings);
        set => Volatile.Write(ref _bindings, value);
    }

    /// <summary>True when no pattern needs this node.</summary>
    public bool IsUnused => LiteralCount == 0 && Star is null && Hash is null && Bindings is null;

    /// <summary>True when patterns go on behind this node.</summary>
    public bool HasChildren => LiteralCount != 0 || Star is not null || Hash is not null;
}
