namespace Ropeway.CommandLine.Settings;

/// <summary>A file with a password in its first line, which only its owner may read.</summary>
internal static class PasswordFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">What named it, for error texts.</param>
    /// <exception cref="ClientException">It cannot be read, or others can read it too.</exception>
    public static string Read(string path, string origin)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                throw ClientException.Usage($"{origin}: others may read or change {path}", $"chmod 600 {path}");
            }

            using var reader = new StreamReader(path);
            return reader.ReadLine() ?? string.Empty;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ClientException(ClientExitCode.Usage, $"{origin}: {fault.Message}", next: null, fault);
        }
    }
}
