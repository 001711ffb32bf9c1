namespace Ropeway.CommandLine.Output;

/// <summary>Fits columns into the width of a terminal: names give way first, then other text, then the last columns are left out. Pure.</summary>
internal static class TableFit
{
    /// <summary>Cells between two columns.</summary>
    public const int Gap = 2;

    /// <summary>Who gives way until what is left of it, one after the other.</summary>
    private static readonly (ColumnKind Kind, int Least)[] Order = [(ColumnKind.Name, 20), (ColumnKind.Text, 12), (ColumnKind.Name, 12), (ColumnKind.Text, 8)];

    /// <summary>The widths of the columns that have room, from the first on.</summary>
    /// <param name="columns">What they hold.</param>
    /// <param name="wanted">How many cells the widest value, or the header, of each takes.</param>
    /// <param name="cells">Width of the terminal.</param>
    public static int[] Fit(IReadOnlyList<Column> columns, IReadOnlyList<int> wanted, int cells)
    {
        int[] widths = [.. wanted];
        for (int count = widths.Length; count > 1; count--)
        {
            int[] fitted = widths[..count];
            int over = fitted.Sum() + (Gap * (count - 1)) - cells;
            foreach ((ColumnKind kind, int least) in Order)
            {
                over = Shrink(fitted, over, columns, kind, least);
            }

            if (over <= 0)
            {
                return fitted;
            }
        }

        return [Math.Min(widths[0], cells)];
    }

    /// <summary>Takes cells from the widest column of a kind first, so that a short one beside it stays whole.</summary>
    private static int Shrink(int[] widths, int over, IReadOnlyList<Column> columns, ColumnKind kind, int least)
    {
        while (over > 0)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (columns[i].Kind == kind && widths[i] > least && (widest < 0 || widths[i] > widths[widest]))
                {
                    widest = i;
                }
            }

            if (widest < 0)
            {
                break;
            }

            widths[widest]--;
            over--;
        }

        return over;
    }
}
