using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Ropeway.CommandLine.Output;

/// <summary>Text in cells of a terminal: wide letters take two.</summary>
internal static class CellText
{
    private const char Ellipsis = '…';

    /// <summary>How many cells a text takes.</summary>
    public static int Width(string text) => Ascii.IsValid(text) ? text.Length : text.GetCellWidth();

    /// <summary>The text in at most so many cells.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cells">At least 1.</param>
    /// <param name="inMiddle">Whether the middle is left out, as names often differ at their ends; else the end is.</param>
    public static string Cut(string text, int cells, bool inMiddle)
    {
        if (Width(text) <= cells)
        {
            return text;
        }

        string[] letters = [.. Letters(text)];
        int tailCells = inMiddle ? (cells - 1) / 2 : 0;
        string head = string.Concat(Take(letters, cells - 1 - tailCells));
        string tail = string.Concat(Take(letters.Reverse(), tailCells).Reverse());
        return head + Ellipsis + tail;
    }

    /// <summary>The text with spaces, so that it takes so many cells.</summary>
    public static string Pad(string text, int cells, bool isRightAligned)
    {
        string spaces = new(' ', Math.Max(0, cells - Width(text)));
        return isRightAligned ? spaces + text : text + spaces;
    }

    private static IEnumerable<string> Letters(string text)
    {
        TextElementEnumerator letters = StringInfo.GetTextElementEnumerator(text);
        while (letters.MoveNext())
        {
            yield return letters.GetTextElement();
        }
    }

    private static IEnumerable<string> Take(IEnumerable<string> letters, int cells)
    {
        foreach (string letter in letters)
        {
            cells -= Width(letter);
            if (cells < 0)
            {
                yield break;
            }

            yield return letter;
        }
    }
}
