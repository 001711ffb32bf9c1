using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ropeway.Simulation.Model;

/// <summary>The text of a check: it is put together only when the check fails, which millions do not.</summary>
[InterpolatedStringHandler]
internal ref struct CheckText
{
    private DefaultInterpolatedStringHandler _text;

    public CheckText(int literalLength, int formattedCount, bool isKept, out bool isWanted)
    {
        isWanted = !isKept;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>The text, once.</summary>
    public string Take() => _text.ToStringAndClear();
}
