using System.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>
/// Routing keys beside its own that the sender of a message gives in the headers CC and BCC: arrays of texts; values of other types
/// in them are skipped. BCC is not passed on to consumers. Stack only, valid as long as the headers.
/// </summary>
public readonly ref struct CopyKeys
{
    private const byte ArrayType = (byte)'A';
    private const byte TextType = (byte)'S';

    private readonly ReadOnlySpan<byte> _open;
    private readonly ReadOnlySpan<byte> _blind;

    private CopyKeys(ReadOnlySpan<byte> open, ReadOnlySpan<byte> blind, bool areAny)
    {
        _open = open;
        _blind = blind;
        AreAny = areAny;
    }

    /// <summary>Name of the header that stays.</summary>
    public static ReadOnlySpan<byte> OpenHeader => "CC"u8;

    /// <summary>Name of the header that the broker removes.</summary>
    public static ReadOnlySpan<byte> BlindHeader => "BCC"u8;

    /// <summary>Whether headers can hold any: a quick look that need not be right, but never misses them.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> headers) => headers.IndexOf(OpenHeader) >= 0; // Also a part of BCC.

    /// <summary>Whether one of the headers is there, even without a key in it.</summary>
    public bool AreAny { get; }

    /// <summary>Finds the keys in a message's headers.</summary>
    /// <param name="headers">The encoded table with its length in front, or empty.</param>
    /// <param name="keys">The keys; none when false is returned.</param>
    /// <param name="problem">What is wrong, as RabbitMQ words it; null when true is returned.</param>
    public static bool TryRead(ReadOnlySpan<byte> headers, out CopyKeys keys, out string? problem)
    {
        keys = default;
        bool areAny = false;
        if (!TryRead(headers, OpenHeader, ref areAny, out ReadOnlySpan<byte> open, out problem)
            || !TryRead(headers, BlindHeader, ref areAny, out ReadOnlySpan<byte> blind, out problem))
        {
            return false;
        }

        keys = new CopyKeys(open, blind, areAny);
        return true;
    }

    /// <summary>The keys, those of CC first.</summary>
    public Enumerator GetEnumerator() => new(_open, _blind);

    private static bool TryRead(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name, scoped ref bool isThere, out ReadOnlySpan<byte> values, out string? problem)
    {
        values = default;
        problem = null;
        if (!FieldTableCodec.TryFind(headers, name, out RawField field))
        {
            return true;
        }

        if (field.Type != ArrayType)
        {
            problem = $"{{unacceptable_type_in_header,\"{Encoding.ASCII.GetString(name)}\",{NameOf(field.Type)}}}";
            return false;
        }

        values = field.Value;
        isThere = true;
        return true;
    }

    private static string NameOf(byte type) => (char)type switch
    {
        'S' => "longstr",
        'I' => "signedint",
        'D' => "decimal",
        'T' => "timestamp",
        'F' => "table",
        'b' => "byte",
        'B' => "unsignedbyte",
        'd' => "double",
        'f' => "float",
        'l' or 'L' => "long",
        's' or 'U' => "short",
        'u' => "unsignedshort",
        'i' => "unsignedint",
        't' => "bool",
        'x' => "binary",
        _ => "void",
    };

    /// <summary>Walks over the keys.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private ReadOnlySpan<byte> _next;

        internal Enumerator(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        {
            _rest = first;
            _next = second;
        }

        /// <summary>The key found last.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next key.</summary>
        public bool MoveNext()
        {
            while (!_rest.IsEmpty || !_next.IsEmpty)
            {
                if (!FieldTableCodec.TryTakeValue(ref _rest, out byte type, out ReadOnlySpan<byte> value))
                {
                    _rest = _next;
                    _next = default;
                }
                else if (type == TextType)
                {
                    Current = value;
                    return true;
                }
            }

            return false;
        }
    }
}
