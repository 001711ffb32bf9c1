namespace Ropeway.Core.Routing;

/// <summary>
/// Topic patterns with wildcards. The literal words in front of a pattern's first wildcard are one step, found by a hash of all of
/// them; behind that each word is a node. A key is matched word by word with the set of nodes that its words so far can lead to, so
/// the work is bounded by words times matching nodes, whatever patterns there are.
/// </summary>
/// <remarks>
/// All nodes that are found by bytes are in one table: literal children of nodes by (node, word), and beginnings by their bytes. Which
/// numbers of words beginnings have is counted, so that a key is looked up for these only; the look-ups do not depend on
/// each other. A run of <c>#</c> words means the same as one. Any thread may route without a lock while one writer, under the
/// virtual host's gate, adds and removes.
/// </remarks>
internal sealed class TopicTrie
{
    private readonly TopicNode _root = new(parent: null, [], TopicWordKind.Literal, pathHash: 0); // For patterns that begin with a wildcard.
    private readonly HashSlots<TopicNode> _nodes = new();
    private int[] _beginningCounts = []; // By number of words; the last one is not 0.

    /// <summary>Adds the destinations of all bindings whose pattern matches.</summary>
    public void Route(ReadOnlySpan<byte> key, RouteResult result)
    {
        int[] beginningCounts = Volatile.Read(ref _beginningCounts);
        if (beginningCounts.Length == 0 && _root.IsUnused)
        {
            return;
        }

        TopicMatch match = result.TopicMatch;
        match.Begin(_root, result);
        var words = new TopicWords(key);
        ulong beginningHash = 0;
        for (int wordCount = 1; (match.Count > 0 || wordCount < beginningCounts.Length) && words.MoveNext(); wordCount++)
        {
            ReadOnlySpan<byte> word = words.Current;
            ulong wordHash = KeyHash.Compute(word);
            Step(word, wordHash, match, result);
            beginningHash = KeyHash.Append(beginningHash, wordHash);
            if (wordCount < beginningCounts.Length
                && beginningCounts[wordCount] != 0
                && Find(parent: null, beginningHash, words.UpToCurrent) is { } beginning)
            {
                match.Enter(beginning, result);
            }
        }

        match.End(result);
    }

    /// <summary>Adds a binding that is not there.</summary>
    /// <param name="pattern">Its pattern, with a wildcard.</param>
    /// <param name="binding">The binding.</param>
    public void Add(ReadOnlySpan<byte> pattern, Binding binding)
    {
        TopicNode node = FindOrAdd(pattern);
        node.Bindings = OneOrMany.Add(node.Bindings, binding);
    }

    /// <summary>Removes a binding that is there.</summary>
    /// <param name="pattern">Its pattern.</param>
    /// <param name="binding">The binding.</param>
    public void Remove(ReadOnlySpan<byte> pattern, Binding binding)
    {
        TopicNode node = FindOrAdd(pattern);
        node.Bindings = OneOrMany.Remove(node.Bindings, binding);
        Prune(node);
    }

    private void Step(ReadOnlySpan<byte> word, ulong wordHash, TopicMatch match, RouteResult result)
    {
        foreach (TopicNode node in match.TakeStep())
        {
            if (node.Kind == TopicWordKind.Hash)
            {
                match.Keep(node); // It swallows this word and stays.
            }

            if (node.LiteralCount != 0 && Find(node, KeyHash.Append(node.PathHash, wordHash), word) is { } literal)
            {
                match.Enter(literal, result);
            }

            if (node.Star is { } star)
            {
                match.Enter(star, result);
            }
        }
    }

    /// <summary>Finds a literal child of a node, or without one a beginning.</summary>
    private TopicNode? Find(TopicNode? parent, ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (TopicNode node in _nodes.Find(hash))
        {
            if (ReferenceEquals(node.Parent, parent) && bytes.SequenceEqual(node.Literal))
            {
                return node;
            }
        }

        return null;
    }

    private TopicNode FindOrAdd(ReadOnlySpan<byte> pattern)
    {
        var words = new TopicWords(pattern);
        TopicNode node = FindOrAddBeginning(ref words);
        do
        {
            ulong pathHash = KeyHash.Append(node.PathHash, KeyHash.Compute(words.Current));
            node = words.Kind switch
            {
                TopicWordKind.Star => node.Star ??= new TopicNode(node, [], TopicWordKind.Star, pathHash),
                TopicWordKind.Hash when node.Kind == TopicWordKind.Hash => node,
                TopicWordKind.Hash => node.Hash ??= new TopicNode(node, [], TopicWordKind.Hash, pathHash),
                _ => FindOrAddLiteral(node, pathHash, words.Current),
            };
        }
        while (words.MoveNext());
        return node;
    }

    /// <summary>The node for the literal words in front of the first wildcard, which <paramref name="words"/> stands on then.</summary>
    private TopicNode FindOrAddBeginning(ref TopicWords words)
    {
        ReadOnlySpan<byte> beginning = [];
        ulong hash = 0;
        int wordCount = 0;
        while (words.MoveNext() && words.Kind == TopicWordKind.Literal)
        {
            beginning = words.UpToCurrent;
            hash = KeyHash.Append(hash, KeyHash.Compute(words.Current));
            wordCount++;
        }

        if (wordCount == 0)
        {
            return _root;
        }

        if (Find(parent: null, hash, beginning) is { } found)
        {
            return found;
        }

        var node = new TopicNode(parent: null, beginning.ToArray(), TopicWordKind.Literal, hash);
        _nodes.Add(hash, node);
        if (wordCount >= _beginningCounts.Length)
        {
            int[] counts = _beginningCounts;
            Array.Resize(ref counts, wordCount + 1);
            Volatile.Write(ref _beginningCounts, counts);
        }

        _beginningCounts[wordCount]++;
        return node;
    }

    private TopicNode FindOrAddLiteral(TopicNode parent, ulong pathHash, ReadOnlySpan<byte> word)
    {
        if (Find(parent, pathHash, word) is { } found)
        {
            return found;
        }

        var node = new TopicNode(parent, word.ToArray(), TopicWordKind.Literal, pathHash);
        _nodes.Add(pathHash, node);
        parent.LiteralCount++;
        return node;
    }

    private void Prune(TopicNode node)
    {
        while (node.IsUnused && node.Parent is { } parent)
        {
            switch (node.Kind)
            {
                case TopicWordKind.Star:
                    parent.Star = null;
                    break;
                case TopicWordKind.Hash:
                    parent.Hash = null;
                    break;
                default:
                    _nodes.Remove(node.PathHash, node);
                    parent.LiteralCount--;
                    break;
            }

            node = parent;
        }

        if (node.IsUnused && !ReferenceEquals(node, _root))
        {
            RemoveBeginning(node);
        }
    }

    private void RemoveBeginning(TopicNode node)
    {
        _nodes.Remove(node.PathHash, node);
        int[] counts = _beginningCounts;
        counts[node.Literal.AsSpan().Count((byte)'.') + 1]--;
        if (counts[^1] == 0)
        {
            Array.Resize(ref counts, counts.AsSpan().LastIndexOfAnyExcept(0) + 1);
            Volatile.Write(ref _beginningCounts, counts);
        }
    }
}
