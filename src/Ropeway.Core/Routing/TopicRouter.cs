using System.Diagnostics;

namespace Ropeway.Core.Routing;

/// <summary>
/// Topic patterns as a trie of words. A key is matched word by word with the set of nodes that its words so far can lead to, so the
/// work is bounded by words times matching nodes, whatever patterns there are.
/// </summary>
/// <remarks>Literal children of all nodes are in one table, by (node, word). A run of <c>#</c> words means the same as one.</remarks>
internal sealed class TopicRouter : Router
{
    private readonly TopicNode _root = new(0, parent: null, [], TopicWordKind.Literal);
    private readonly ByteTable<TopicNode> _literals = new();
    private long _lastId;

    /// <inheritdoc/>
    public override bool TakesEveryKey => true;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        TopicMatch match = result.TopicMatch;
        match.Begin(_root, result);
        var words = new TopicWords(request.RoutingKey);
        while (match.Count > 0 && words.MoveNext())
        {
            Step(words.Current, match, result);
        }

        match.End(result);
    }

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        TopicNode node = FindOrAdd(binding.RoutingKeyUtf8);
        if (node.Bindings is { } bindings)
        {
            bindings.Add(binding);
            return;
        }

        bindings = new LiveList<Binding>();
        bindings.Add(binding);
        node.Bindings = bindings;
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        TopicNode node = FindOrAdd(binding.RoutingKeyUtf8);
        if (node.Bindings is not { } bindings || !bindings.Remove(binding))
        {
            throw new UnreachableException("A binding to remove was not in its router.");
        }

        if (bindings.Count == 0)
        {
            node.Bindings = null;
        }

        Prune(node);
    }

    private void Step(ReadOnlySpan<byte> word, TopicMatch match, RouteResult result)
    {
        ulong wordHash = KeyHash.Compute(word);
        foreach (TopicNode node in match.TakeStep())
        {
            if (node.Kind == TopicWordKind.Hash)
            {
                match.Keep(node); // It swallows this word and stays.
            }

            if (node.LiteralCount != 0 && _literals.TryGet(node.Id, wordHash, word, out TopicNode? literal))
            {
                match.Enter(literal, result);
            }

            if (node.Star is { } star)
            {
                match.Enter(star, result);
            }
        }
    }

    private TopicNode FindOrAdd(ReadOnlySpan<byte> pattern)
    {
        TopicNode node = _root;
        var words = new TopicWords(pattern);
        while (words.MoveNext())
        {
            node = words.Kind switch
            {
                TopicWordKind.Star => node.Star ??= Grow(node, words.Current, TopicWordKind.Star),
                TopicWordKind.Hash when node.Kind == TopicWordKind.Hash => node,
                TopicWordKind.Hash => node.Hash ??= Grow(node, words.Current, TopicWordKind.Hash),
                _ => FindOrAddLiteral(node, words.Current),
            };
        }

        return node;
    }

    private TopicNode FindOrAddLiteral(TopicNode parent, ReadOnlySpan<byte> word)
    {
        if (_literals.TryGet(parent.Id, KeyHash.Compute(word), word, out TopicNode? found))
        {
            return found;
        }

        TopicNode node = Grow(parent, word, TopicWordKind.Literal);
        _literals.Add(parent.Id, node.Word, node);
        parent.LiteralCount++;
        return node;
    }

    private TopicNode Grow(TopicNode parent, ReadOnlySpan<byte> word, TopicWordKind kind) =>
        new(++_lastId, parent, kind == TopicWordKind.Literal ? word.ToArray() : [], kind);

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
                    _literals.Remove(parent.Id, node.Word);
                    parent.LiteralCount--;
                    break;
            }

            node = parent;
        }
    }
}
