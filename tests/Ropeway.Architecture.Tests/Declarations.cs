using System.Text.RegularExpressions;

namespace Ropeway.Architecture.Tests;

/// <summary>Finds types and methods by braces: enough for lengths and names, without a compiler.</summary>
internal sealed partial class Declarations
{
    private readonly string _code;
    private readonly List<DeclaredType> _types = [];
    private readonly List<DeclaredMethod> _methods = [];
    private readonly Stack<(char Kind, string Name, int Start)> _open = new(); // n namespace, t type, m member, b block
    private int _start;

    private Declarations(string code)
    {
        _code = code;
    }

    public IReadOnlyList<DeclaredType> Types => _types;

    public IReadOnlyList<DeclaredMethod> Methods => _methods;

    /// <param name="code">Blanked by <see cref="CodeText"/>.</param>
    public static Declarations Of(string code)
    {
        var declarations = new Declarations(code);
        declarations.Scan();
        return declarations;
    }

    private void Scan()
    {
        for (int at = 0; at < _code.Length; at++)
        {
            switch (_code[at])
            {
                case '{':
                    Open(at);
                    _start = at + 1;
                    break;
                case '}':
                    Close(at);
                    _start = at + 1;
                    break;
                case ';' when !IsInMember:
                    EndStatement(at);
                    _start = at + 1;
                    break;
            }
        }
    }

    private bool IsInMember => _open.Count > 0 && _open.Peek().Kind is 'm' or 'b';

    private void Open(int at)
    {
        if (IsInMember)
        {
            _open.Push(('b', string.Empty, at));
            return;
        }

        string header = Header(at, out int start);
        Match type = TypeHeader().Match(header);
        if (NamespaceHeader().IsMatch(header))
        {
            _open.Push(('n', string.Empty, at));
        }
        else if (type.Success)
        {
            string name = type.Groups[1].Value;
            AddType(name);
            AddPrimaryConstructor(name, header);
            _open.Push(('t', name, at));
        }
        else
        {
            _open.Push(('m', header, start));
        }
    }

    private void Close(int at)
    {
        if (_open.TryPop(out (char Kind, string Name, int Start) closed) && closed.Kind == 'm')
        {
            AddMethod(closed.Name, closed.Start, at);
        }
    }

    private void EndStatement(int at)
    {
        string header = Header(at, out int start);
        Match type = TypeHeader().Match(header);
        if (type.Success)
        {
            AddType(type.Groups[1].Value);
            AddPrimaryConstructor(type.Groups[1].Value, header);
        }
        else if (DelegateHeader().Match(header) is { Success: true } found)
        {
            AddType(found.Groups[1].Value);
        }
        else if (_open.TryPeek(out (char Kind, string Name, int Start) around) && around.Kind == 't')
        {
            AddMethod(header, start, at);
        }
    }

    /// <summary>The text before a brace or semicolon without attributes in front of it.</summary>
    private string Header(int end, out int start)
    {
        start = _start;
        while (true)
        {
            while (start < end && char.IsWhiteSpace(_code[start]))
            {
                start++;
            }

            if (start >= end || _code[start] != '[')
            {
                return _code[start..end].Trim();
            }

            int depth = 0;
            do
            {
                depth += _code[start] == '[' ? 1 : _code[start] == ']' ? -1 : 0;
                start++;
            }
            while (depth > 0 && start < end);
        }
    }

    private void AddType(string name) => _types.Add(new DeclaredType(name, _open.Any(around => around.Kind == 't')));

    private void AddPrimaryConstructor(string name, string header)
    {
        int list = header.IndexOf('(', StringComparison.Ordinal);
        if (list >= 0 && !RecordHeader().IsMatch(header))
        {
            _methods.Add(new DeclaredMethod($"{name}.{name}", 1, CountParameters(Balanced(header, list))));
        }
    }

    private void AddMethod(string header, int start, int end)
    {
        string signature = CutAfterParameters(header);
        if (!signature.EndsWith(')'))
        {
            return; // A property, field or event.
        }

        int list = OpeningOf(signature);
        string before = signature[..Math.Max(0, list)];
        Match name = MethodName().Match(before);
        bool isInitialised = before.Contains('=', StringComparison.Ordinal) && !before.Contains("operator", StringComparison.Ordinal);
        if (!name.Success || isInitialised)
        {
            return; // A field with an initialiser.
        }

        string type = _open.FirstOrDefault(around => around.Kind == 't').Name ?? string.Empty;
        int lines = _code.AsSpan(start, end - start).Count('\n') + 1;
        _methods.Add(new DeclaredMethod($"{type}.{name.Groups[1].Value}", lines, CountParameters(signature[list..])));
    }

    /// <summary>Cuts an expression body, constraints and a call of another constructor.</summary>
    private static string CutAfterParameters(string header)
    {
        int depth = 0;
        for (int i = 0; i < header.Length; i++)
        {
            depth += header[i] switch { '(' or '[' => 1, ')' or ']' => -1, _ => 0 };
            ReadOnlySpan<char> rest = header.AsSpan(i);
            if (depth == 0 && i > 0 && (rest.StartsWith("=>") || rest.StartsWith(": ") || WhereClause().IsMatch(rest)))
            {
                return header[..i].Trim();
            }
        }

        return header.Trim();
    }

    private static int OpeningOf(string signature)
    {
        int depth = 0;
        for (int i = signature.Length - 1; i >= 0; i--)
        {
            depth += signature[i] switch { ')' => 1, '(' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static string Balanced(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return text[open..(i + 1)];
            }
        }

        return text[open..];
    }

    /// <param name="list">With its parentheses.</param>
    private static int CountParameters(string list)
    {
        if (list.Trim('(', ')', ' ', '\n', '\r').Length == 0)
        {
            return 0;
        }

        int depth = 0;
        int count = 1;
        foreach (char c in list)
        {
            depth += c switch { '(' or '[' or '<' or '{' => 1, ')' or ']' or '>' or '}' => -1, _ => 0 };
            count += c == ',' && depth == 1 ? 1 : 0;
        }

        return count;
    }

    [GeneratedRegex(@"^\s*namespace\b")]
    private static partial Regex NamespaceHeader();

    [GeneratedRegex(@"^(?:(?:public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref|unsafe|new)\s+)*(?:class|struct|interface|enum|record\s+struct|record\s+class|record)\s+(\w+)")]
    private static partial Regex TypeHeader();

    [GeneratedRegex(@"^(?:\w+\s+)*record\b")]
    private static partial Regex RecordHeader();

    [GeneratedRegex(@"^(?:(?:public|internal|private|protected|file|unsafe)\s+)*delegate\s[^;]*?(\w+)\s*(?:<[^()]*>)?\s*\(")]
    private static partial Regex DelegateHeader();

    [GeneratedRegex(@"(\w+|operator\s*\S+)\s*(?:<[^()]*>)?\s*$")]
    private static partial Regex MethodName();

    [GeneratedRegex(@"^\bwhere\s+\w+\s*:")]
    private static partial Regex WhereClause();
}
