namespace Ropeway.Core.Queues.Browsing;

/// <summary>A text in which <c>*</c> stands for any characters. Immutable; takes time in proportion to text times pattern at most.</summary>
/// <param name="pattern">The pattern.</param>
internal sealed class Wildcard(string pattern)
{
    /// <summary>Compares a whole text, with regard to case.</summary>
    public bool Fits(ReadOnlySpan<char> text)
    {
        int at = 0;
        int next = 0;
        int star = -1;
        int retry = 0;
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                star = next++;
                retry = at;
            }
            else if (next < pattern.Length && pattern[next] == text[at])
            {
                next++;
                at++;
            }
            else if (star >= 0)
            {
                next = star + 1;
                at = ++retry;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(next).IndexOfAnyExcept('*') < 0;
    }
}
