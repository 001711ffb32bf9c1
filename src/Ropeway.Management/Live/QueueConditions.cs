namespace Ropeway.Management.Live;

/// <summary>The words for <see cref="QueueCondition"/>. Pure; any thread.</summary>
internal static class QueueConditions
{
    private static readonly string[] Words = ["idle", "flowing", "growing", "stuck", "no consumer", "paused", "near limit", "out of service"]; // In the order of the values.

    /// <summary>The word.</summary>
    public static string TextOf(QueueCondition condition) => Words[(int)condition];

    /// <summary>Reads a word.</summary>
    public static bool TryParse(string text, out QueueCondition condition)
    {
        int index = Array.IndexOf(Words, text);
        condition = (QueueCondition)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>All words, for error texts.</summary>
    public static string All => string.Join(", ", Words);
}
