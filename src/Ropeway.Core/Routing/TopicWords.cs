namespace Ropeway.Core.Routing;

/// <summary>
/// Walks over the words of a routing key or pattern, separated by dots. Empty words count; the empty key has no word at all.
/// </summary>
/// <param name="key">The key's bytes.</param>
internal ref struct TopicWords(ReadOnlySpan<byte> key)
{
    private readonly ReadOnlySpan<byte> _key = key;
    private int _start;
    private int _end = key.IsEmpty ? 0 : -1; // Before the first word.

    /// <summary>The word found by the last <see cref="MoveNext"/>.</summary>
    public readonly ReadOnlySpan<byte> Current => _key[_start.._end];

    /// <summary>All words so far, with the dots between them.</summary>
    public readonly ReadOnlySpan<byte> UpToCurrent => _key[.._end];

    /// <summary>What the current word is in a pattern.</summary>
    public readonly TopicWordKind Kind => Current switch
    {
        [(byte)'*'] => TopicWordKind.Star,
        [(byte)'#'] => TopicWordKind.Hash,
        _ => TopicWordKind.Literal,
    };

    /// <summary>Whether a pattern has a word that stands for others.</summary>
    public static bool HasWildcard(ReadOnlySpan<byte> pattern)
    {
        var words = new TopicWords(pattern);
        while (words.MoveNext())
        {
            if (words.Kind != TopicWordKind.Literal)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the next word.</summary>
    public bool MoveNext()
    {
        if (_end == _key.Length)
        {
            return false;
        }

        _start = _end + 1;
        int dot = _key[_start..].IndexOf((byte)'.');
        _end = dot < 0 ? _key.Length : _start + dot;
        return true;
    }
}
