namespace Ropeway.TestKit;

/// <summary>A directory that is gone with its owner.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Absolute path of the existing, empty directory.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("ropeway-test-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
