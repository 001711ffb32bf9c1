using System.Globalization;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Terminal;

/// <summary>Shows lines on the terminal's alternate screen, and writes only what differs from what is there. Disposing it brings the usual screen back.</summary>
internal sealed class ScreenPainter : IDisposable
{
    private readonly TextWriter _output;
    private string[] _shown = [];
    private bool _isDisposed;

    /// <summary>Takes the terminal over.</summary>
    public ScreenPainter(TextWriter output)
    {
        _output = output;
        _output.Write("\e[?1049h\e[?25l\e[H\e[2J"); // Alternate screen, no cursor, empty.
    }

    /// <summary>Forgets what is there, because the terminal has another size now.</summary>
    public void Clear()
    {
        _output.Write("\e[2J");
        _shown = [];
    }

    /// <summary>Shows lines from the top on.</summary>
    /// <param name="lines">Without colours or control characters, none wider than the terminal.</param>
    public void Paint(IReadOnlyList<string> lines)
    {
        for (int i = 0; i < Math.Max(lines.Count, _shown.Length); i++)
        {
            PaintLine(i, i < _shown.Length ? _shown[i] : string.Empty, i < lines.Count ? lines[i] : string.Empty);
        }

        _shown = [.. lines];
        _output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _output.Write("\e[?25h\e[?1049l");
            _output.Flush();
        }
    }

    private void PaintLine(int row, string old, string fresh)
    {
        if (old == fresh)
        {
            return;
        }

        string[] before = [.. Letters(old)];
        string[] after = [.. Letters(fresh)];
        int start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start])
        {
            start++;
        }

        int end = after.Length;
        bool isAligned = CellText.Width(old) == CellText.Width(fresh) && before.Length == after.Length;
        while (isAligned && end > start && before[end - 1] == after[end - 1])
        {
            end--;
        }

        int column = CellText.Width(string.Concat(after[..start]));
        _output.Write($"\e[{row + 1};{column + 1}H{string.Concat(after[start..end])}{(isAligned ? string.Empty : "\e[K")}");
    }

    private static IEnumerable<string> Letters(string line)
    {
        TextElementEnumerator letters = StringInfo.GetTextElementEnumerator(line);
        while (letters.MoveNext())
        {
            yield return letters.GetTextElement();
        }
    }
}
