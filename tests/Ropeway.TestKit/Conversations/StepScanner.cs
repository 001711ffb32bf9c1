using System.Globalization;
using System.Text;

namespace Ropeway.TestKit.Conversations;

/// <summary>Reads the words and values of one line of a conversation from left to right. Throws <see cref="FormatException"/> with the column.</summary>
/// <param name="text">The line.</param>
public sealed class StepScanner(string text)
{
    private int _at;

    /// <summary>Nothing but blanks is left.</summary>
    public bool AtEnd
    {
        get
        {
            SkipBlanks();
            return _at == text.Length;
        }
    }

    /// <summary>The next character that is no blank, or NUL at the end.</summary>
    public char Peek()
    {
        SkipBlanks();
        return _at < text.Length ? text[_at] : '\0';
    }

    /// <summary>Takes the character if it is the next one.</summary>
    public bool Take(char expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes the character or throws.</summary>
    public void Expect(char expected)
    {
        if (!Take(expected))
        {
            throw Fault($"'{expected}' expected");
        }
    }

    /// <summary>A word: everything up to a blank or one of <c>= , ( ) [ ] { } "</c>.</summary>
    public string Word()
    {
        SkipBlanks();
        int start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !"=,()[]{}\"".Contains(text[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        return _at > start ? text[start.._at] : throw Fault("a word expected");
    }

    /// <summary>A whole number.</summary>
    public long Number() => long.TryParse(Word(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : throw Fault("a number expected");

    /// <summary>The octets of a word as UTF-8, or of a quoted text, where <c>\xNN</c> is one octet, and <c>\"</c> and <c>\\</c> are themselves.</summary>
    public byte[] Octets()
    {
        if (!Take('"'))
        {
            return Encoding.UTF8.GetBytes(Word());
        }

        var octets = new List<byte>();
        for (; _at < text.Length && text[_at] != '"'; _at++)
        {
            if (text[_at] != '\\')
            {
                octets.AddRange(Encoding.UTF8.GetBytes(text[_at].ToString()));
            }
            else if (text[_at + 1] == 'x')
            {
                octets.Add(Convert.FromHexString(text.AsSpan(_at + 2, 2))[0]);
                _at += 3;
            }
            else
            {
                octets.Add((byte)text[++_at]);
            }
        }

        Expect('"');
        return [.. octets];
    }

    /// <summary>The fault with this line and column.</summary>
    public FormatException Fault(string what) => new(string.Create(CultureInfo.InvariantCulture, $"column {_at + 1}: {what} in: {text}"));

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }
}
