namespace Ropeway.CommandLine;

/// <summary>Finds what somebody who mistyped a name may have meant.</summary>
internal static class NearestName
{
    private const int DistanceMax = 3;

    /// <summary>The known name with the fewest edits, if at most three and fewer than half of its letters.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        int least = DistanceMax + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(name.ToLowerInvariant(), candidate);
            if (distance < least && distance * 2 < candidate.Length)
            {
                nearest = candidate;
                least = distance;
            }
        }

        return nearest;
    }

    /// <summary>Levenshtein distance: inserted, removed or changed letters.</summary>
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(changed, Math.Min(above[j], row[j - 1]) + 1);
            }

            above = row;
        }

        return above[b.Length];
    }
}
