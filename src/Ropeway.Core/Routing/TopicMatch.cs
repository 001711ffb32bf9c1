namespace Ropeway.Core.Routing;

/// <summary>
/// The nodes that the words of one key can lead to so far; belongs to a <see cref="RouteResult"/> and is used again for each message.
/// </summary>
/// <remarks>
/// A node is in the set at most once: a literal or <c>*</c> node is entered from its only parent, which is there once, and a
/// <c>#</c> node stays from its first entry on. Only a <c>#</c> behind another one can be entered again; these are remembered.
/// </remarks>
internal sealed class TopicMatch
{
    private readonly ReferenceSet<TopicNode> _enteredHashes = new();
    private TopicNode[] _current = new TopicNode[16];
    private TopicNode[] _next = new TopicNode[16];
    private int _nextCount;

    /// <summary>Nodes in the set.</summary>
    public int Count => _nextCount;

    /// <summary>Starts before the first word.</summary>
    public void Begin(TopicNode root, RouteResult result)
    {
        _enteredHashes.Clear();
        _nextCount = 0;
        Enter(root, result);
    }

    /// <summary>Takes the set; what is entered and kept from now on is the set behind the next word.</summary>
    public ReadOnlySpan<TopicNode> TakeStep()
    {
        (_current, _next) = (_next, _current);
        int count = _nextCount;
        _nextCount = 0;
        return _current.AsSpan(0, count);
    }

    /// <summary>Leaves a node in the set.</summary>
    public void Keep(TopicNode node)
    {
        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, _nextCount * 2);
        }

        _next[_nextCount++] = node;
    }

    /// <summary>Enters a node, and the <c>#</c> behind it, which needs no word.</summary>
    public void Enter(TopicNode node, RouteResult result)
    {
        Keep(node);
        if (node.Hash is not { } hash || (hash.IsBelowHash && !_enteredHashes.Add(hash)))
        {
            return;
        }

        if (hash.HasChildren)
        {
            Keep(hash);
        }
        else
        {
            OneOrMany.Route(hash.Bindings, result); // It matches whatever follows.
        }
    }

    /// <summary>Adds the bindings of the nodes that are left behind the last word.</summary>
    public void End(RouteResult result)
    {
        foreach (TopicNode node in _next.AsSpan(0, _nextCount))
        {
            OneOrMany.Route(node.Bindings, result);
        }
    }
}
