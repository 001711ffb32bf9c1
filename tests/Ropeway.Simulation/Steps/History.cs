using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Ropeway.Simulation.Steps;

/// <summary>What happened, in order: a hash of everything, and the last events in words. The same seed gives the same hash.</summary>
internal sealed class History
{
    private const int KeptMax = 400;
    private const ulong Prime = 0x100_0000_01B3;

    private readonly Event[] _kept = new Event[KeptMax];

    /// <summary>Hash of all events so far.</summary>
    public ulong Hash { get; private set; } = 0xCBF2_9CE4_8422_2325;

    /// <summary>Events so far.</summary>
    public int Count { get; private set; }

    /// <summary>Each event goes there, too, when it is set.</summary>
    public TextWriter? Trace { get; init; }

    public void Note(string what, string about = "", long number = 0, long other = 0)
    {
        var noted = new Event(what, about, number, other);
        _kept[Count++ % KeptMax] = noted;
        Mix(what);
        Mix(about);
        Mix((ulong)number);
        Mix((ulong)other);
        Trace?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count} {noted}"));
    }

    /// <summary>The last events, one a line.</summary>
    public string Tail(int count)
    {
        var text = new StringBuilder();
        for (int i = Math.Max(0, Count - Math.Min(count, KeptMax)); i < Count; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {i + 1} {_kept[i % KeptMax]}");
        }

        return text.ToString();
    }

    private void Mix(string text)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<char, ulong>(text);
        foreach (ulong word in words)
        {
            Mix(word);
        }

        foreach (char letter in text.AsSpan(words.Length * (sizeof(ulong) / sizeof(char))))
        {
            Mix(letter);
        }
    }

    private void Mix(ulong number) => Hash = (Hash ^ number) * Prime;

    private readonly record struct Event(string What, string About, long Number, long Other)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What} {About} {Number} {Other}");
    }
}
