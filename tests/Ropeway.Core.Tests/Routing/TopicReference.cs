namespace Ropeway.Core.Tests.Routing;

/// <summary>The simplest possible matcher of topic patterns, to compare with.</summary>
internal static class TopicReference
{
    public static bool IsMatch(string pattern, string key) => IsMatch(Words(pattern), Words(key));

    private static string[] Words(string text) => text.Length == 0 ? [] : text.Split('.');

    private static bool IsMatch(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key) => pattern switch
    {
        [] => key.IsEmpty,
        ["#", .. ReadOnlySpan<string> rest] => IsMatch(rest, key) || (!key.IsEmpty && IsMatch(pattern, key[1..])),
        [var word, .. ReadOnlySpan<string> rest] => !key.IsEmpty && (word == "*" || word == key[0]) && IsMatch(rest, key[1..]),
    };
}
