namespace Ropeway.Tests;

/// <summary>Finds the repository's files from where the tests run. Each test project that needs them compiles this file.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory, "Ropeway.slnx")))
        {
            directory = System.IO.Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
