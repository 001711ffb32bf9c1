using System.Globalization;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>One file of the journal. Its number and pins belong to the lock of <see cref="JournalFiles"/>.</summary>
internal sealed class JournalFile
{
    private const string Prefix = "journal-";

    public JournalFile(long number, IDiskFile file)
    {
        Number = number;
        File = file;
    }

    /// <summary>First position of the file divided by the file size.</summary>
    public long Number { get; set; }

    public IDiskFile File { get; }

    /// <summary>Readers that keep it from being recycled.</summary>
    public int PinCount { get; set; }

    public static string NameOf(long number) => Prefix + number.ToString(CultureInfo.InvariantCulture);

    public static string PathOf(string directory, long number) => Path.Combine(directory, NameOf(number));

    /// <summary>The number in a journal file's name; false for any other name.</summary>
    public static bool TryParse(string name, out long number)
    {
        number = 0;
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && NameOf(number) == name;
    }
}
