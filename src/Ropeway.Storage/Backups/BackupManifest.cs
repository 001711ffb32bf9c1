using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ropeway.Storage;

/// <summary>The last entry of a backup: which files it holds, with their checksums. Without it a backup is not complete.</summary>
/// <remarks>
/// Lines of UTF-8 text:
/// <code>
/// ropeway-backup 1
/// created 2026-11-22T10:00:00Z
/// index 4711                                 everything up to this index of the journal is in it
/// SHA-256-in-hex  bytes  name                one for each file, in the order of the archive
/// manifest SHA-256-in-hex                    of all lines before
/// </code>
/// </remarks>
internal sealed record BackupManifest(DateTimeOffset Created, ulong Index, IReadOnlyList<BackupEntry> Files)
{
    /// <summary>Name of its entry.</summary>
    public const string Name = "MANIFEST";

    /// <summary>Longest manifest that is read, in bytes: about 600,000 files.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    private const string FirstLine = "ropeway-backup 1";

    public byte[] ToBytes()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{FirstLine}\ncreated {Created.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\nindex {Index}\n");
        foreach (BackupEntry file in Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file.Sha256}  {file.Bytes}  {file.Name}\n");
        }

        return Encoding.UTF8.GetBytes($"{text}manifest {HashOf(text.ToString())}\n");
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer kind.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        int last = text.LastIndexOf("manifest ", StringComparison.Ordinal);
        if (last < 0 || text[last..] != $"manifest {HashOf(text[..last])}\n")
        {
            throw new InvalidDataException("The backup's list of files is damaged.");
        }

        string[] lines = text[..last].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 3 || lines[0] != FirstLine)
        {
            throw new InvalidDataException($"The backup is of another kind than this version reads: it begins with '{lines.FirstOrDefault()}', not with '{FirstLine}'.");
        }

        List<BackupEntry> files = [];
        foreach (string line in lines[3..])
        {
            string[] fields = line.Split("  ");
            files.Add(new BackupEntry(fields[2], long.Parse(fields[1], CultureInfo.InvariantCulture), fields[0]));
        }

        return new BackupManifest(
            DateTimeOffset.Parse(lines[1]["created ".Length..], CultureInfo.InvariantCulture),
            ulong.Parse(lines[2]["index ".Length..], CultureInfo.InvariantCulture),
            files);
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
