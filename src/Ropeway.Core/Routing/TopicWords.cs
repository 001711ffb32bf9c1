namespace Ropeway.Core.Routing;

/// <summary>
/// Walks over the words of a routing key or pattern, separated by dots. Empty words count; the empty key has no word at all.
/// </summary>
/// <param name="key">The key's bytes.</param>
internal ref struct TopicWords(ReadOnlySpan<byte> key)
{
    private ReadOnlySpan<byte> _rest = key;
    private bool _atEnd = key.IsEmpty;

    /// <summary>The word found by the last <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>What the current word is in a pattern.</summary>
    public readonly TopicWordKind Kind => Current switch
    {
        [(byte)'*'] => TopicWordKind.Star,
        [(byte)'#'] => TopicWordKind.Hash,
        _ => TopicWordKind.Literal,
    };

    /// <summary>Goes to the next word.</summary>
    public bool MoveNext()
    {
        if (_atEnd)
        {
            return false;
        }

        int dot = _rest.IndexOf((byte)'.');
        if (dot < 0)
        {
            Current = _rest;
            _atEnd = true;
        }
        else
        {
            Current = _rest[..dot];
            _rest = _rest[(dot + 1)..];
        }

        return true;
    }
}
