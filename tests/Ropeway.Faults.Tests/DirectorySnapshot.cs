using System.Security.Cryptography;

namespace Ropeway.Faults.Tests;

/// <summary>Names and contents of all files of a directory, for comparing before and after.</summary>
internal static class DirectorySnapshot
{
    /// <summary>One line per file: path, length, hash; sorted.</summary>
    public static string Take(string directory) => string.Join('\n', Directory
        .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => $"{Path.GetRelativePath(directory, path)} {new FileInfo(path).Length} {Hash(path)}"));

    private static string Hash(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}
