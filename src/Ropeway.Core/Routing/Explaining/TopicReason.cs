using System.Text;

namespace Ropeway.Core.Routing.Explaining;

/// <summary>Says in words why a routing key does not match a topic pattern. Pure; any thread.</summary>
internal static class TopicReason
{
    private const string OneWord = "*";
    private const string AnyWords = "#";

    /// <summary>The first thing that does not fit.</summary>
    /// <param name="pattern">The binding's key, UTF-8.</param>
    /// <param name="key">The message's routing key, UTF-8.</param>
    /// <returns>Null when nothing is found that does not fit.</returns>
    public static string? Find(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> key)
    {
        string[] wanted = WordsOf(pattern);
        string[] given = WordsOf(key);
        int firstHash = Array.IndexOf(wanted, AnyWords);
        if (firstHash < 0)
        {
            return wanted.Length != given.Length
                ? $"key has {CountOf(given.Length)}, pattern needs {CountOf(wanted.Length)}"
                : FindWord(wanted, given, 0, wanted.Length, 0);
        }

        int countMin = wanted.Count(word => word != AnyWords);
        if (given.Length < countMin)
        {
            return $"key has {CountOf(given.Length)}, pattern needs at least {CountOf(countMin)}";
        }

        int lastHash = Array.LastIndexOf(wanted, AnyWords);
        return FindWord(wanted, given, 0, firstHash, 0)
            ?? FindWord(wanted, given, lastHash + 1, wanted.Length, given.Length - wanted.Length)
            ?? (firstHash == lastHash ? null : $"key has no words that fit '{string.Join('.', wanted[(firstHash + 1)..lastHash])}' between the first and the last # of the pattern");
    }

    private static string? FindWord(string[] wanted, string[] given, int start, int end, int shift)
    {
        for (int i = start; i < end; i++)
        {
            if (wanted[i] != OneWord && wanted[i] != given[i + shift])
            {
                return $"word {i + shift + 1} of the key is '{given[i + shift]}', pattern needs '{wanted[i]}'";
            }
        }

        return null;
    }

    private static string[] WordsOf(ReadOnlySpan<byte> key) => key.IsEmpty ? [] : Encoding.UTF8.GetString(key).Split('.');

    private static string CountOf(int words) => words == 1 ? "1 word" : $"{words} words";
}
