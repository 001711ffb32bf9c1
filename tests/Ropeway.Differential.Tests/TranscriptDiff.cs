namespace Ropeway.Differential.Tests;

/// <summary>What two transcripts of a conversation do not have in common: <c>- </c> and a line of the first, <c>+ </c> and a line of the second.</summary>
public static class TranscriptDiff
{
    /// <summary>The smallest such list, in the order of the conversation; at each place the first's lines stand before the second's.</summary>
    public static IReadOnlyList<string> Between(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        int[,] common = CommonCounts(first, second);
        var difference = new List<string>();
        var added = new List<string>();
        int i = 0, j = 0;
        while (i < first.Count || j < second.Count)
        {
            if (i < first.Count && j < second.Count && first[i] == second[j])
            {
                difference.AddRange(added);
                added.Clear();
                (i, j) = (i + 1, j + 1);
            }
            else if (j == second.Count || (i < first.Count && common[i + 1, j] >= common[i, j + 1]))
            {
                difference.Add("- " + first[i++]);
            }
            else
            {
                added.Add("+ " + second[j++]);
            }
        }

        return [.. difference, .. added];
    }

    /// <summary>At [i, j] how many lines the rests from i and from j have in common, in order.</summary>
    private static int[,] CommonCounts(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        int[,] common = new int[first.Count + 1, second.Count + 1];
        for (int i = first.Count - 1; i >= 0; i--)
        {
            for (int j = second.Count - 1; j >= 0; j--)
            {
                common[i, j] = first[i] == second[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
