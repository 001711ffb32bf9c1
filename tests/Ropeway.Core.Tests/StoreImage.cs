namespace Ropeway.Core.Tests;

/// <summary>Copies of a data directory, as a crash would leave it.</summary>
internal static class StoreImage
{
    /// <summary>Copies the files of an idle store that still runs.</summary>
    /// <param name="from">Its data directory.</param>
    /// <param name="to">An existing directory.</param>
    /// <returns>False when the store was renaming a file meanwhile; <paramref name="to"/> is empty then.</returns>
    public static bool TryTake(string from, string to)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
            {
                string target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }

            return true;
        }
        catch (FileNotFoundException)
        {
            Directory.Delete(to, recursive: true); // A file was renamed meanwhile.
            Directory.CreateDirectory(to);
            return false;
        }
    }
}
