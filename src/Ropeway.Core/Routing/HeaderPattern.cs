using System.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>
/// The arguments of a binding as a headers exchange compares them. Immutable. <c>x-match</c> chooses: all (also when it is not
/// given), any, all-with-x, any-with-x; without <c>-with-x</c> arguments whose name begins with <c>x-</c> are not compared.
/// An argument without value asks for the header's presence only.
/// </summary>
internal sealed class HeaderPattern
{
    private readonly byte[] _table;
    private readonly HeaderField[] _fields;
    private readonly bool _any;

    /// <summary>Prepares a binding's arguments.</summary>
    public HeaderPattern(FieldTable? arguments)
    {
        _table = EncodedTable.Encode(arguments);
        var fields = new HeaderFields();
        fields.Read(_table);
        int match = fields.Find("x-match"u8, _table);
        string mode = match < 0 ? "all" : Encoding.UTF8.GetString(fields.Fields[match].Value(_table));
        _any = mode is "any" or "any-with-x";
        bool withX = mode is "all-with-x" or "any-with-x";
        var kept = new List<HeaderField>(fields.Count);
        foreach (HeaderField field in fields.Fields)
        {
            ReadOnlySpan<byte> name = field.Name(_table);
            if (!name.SequenceEqual("x-match"u8) && (withX || !name.StartsWith("x-"u8)))
            {
                kept.Add(field);
            }
        }

        _fields = [.. kept];
    }

    /// <summary>Compares with a message's headers.</summary>
    /// <param name="headers">The fields of <paramref name="table"/>.</param>
    /// <param name="table">The message's encoded headers.</param>
    public bool IsMatch(HeaderFields headers, ReadOnlySpan<byte> table)
    {
        foreach (HeaderField field in _fields)
        {
            if (Has(field, headers, table) == _any)
            {
                return _any; // One is enough for any, one that is missing too many for all.
            }
        }

        return !_any;
    }

    /// <summary>Says in words why a message's headers match or do not.</summary>
    /// <param name="headers">The fields of <paramref name="table"/>.</param>
    /// <param name="table">The message's encoded headers.</param>
    public string Explain(HeaderFields headers, ReadOnlySpan<byte> table)
    {
        if (_fields.Length == 0)
        {
            return _any ? "x-match is any, and the binding has no argument that a header could equal" : "the binding has no argument to compare, so every message matches";
        }

        foreach (HeaderField field in _fields)
        {
            if (Has(field, headers, table) == _any)
            {
                return _any ? $"x-match is any, and header '{Encoding.UTF8.GetString(field.Name(_table))}' is as wanted" : $"x-match is all, and {Difference(field, headers, table)}";
            }
        }

        return _any ? $"x-match is any, and none of {_fields.Length} is as wanted: {Difference(_fields[0], headers, table)}" : $"x-match is all, and {_fields.Length} of {_fields.Length} headers are as wanted";
    }

    private string Difference(in HeaderField field, HeaderFields headers, ReadOnlySpan<byte> table)
    {
        string name = Encoding.UTF8.GetString(field.Name(_table));
        int place = headers.Find(field.Name(_table), table);
        return place < 0 ? $"header '{name}' is missing" : $"header '{name}' is {headers.Fields[place].Describe(table)}, the binding needs {field.Describe(_table)}";
    }

    private bool Has(in HeaderField field, HeaderFields headers, ReadOnlySpan<byte> table)
    {
        int place = headers.Find(field.Name(_table), table);
        return place >= 0 && (field.Kind == HeaderKind.Void || field.HasValueOf(headers.Fields[place], _table, table));
    }
}
