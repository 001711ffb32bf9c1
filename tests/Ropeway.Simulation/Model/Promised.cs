namespace Ropeway.Simulation.Model;

/// <summary>A value that is changed and whose changes are confirmed later: after a crash it is the last confirmed one, or one that was set after that.</summary>
internal sealed class Promised<T>(T value)
{
    private readonly List<Version> _versions = [new Version(value) { IsConfirmed = true }];

    /// <summary>What was set last.</summary>
    public T Current => _versions[^1].Value;

    /// <summary>What it may be after a crash.</summary>
    public IEnumerable<T> Possible => _versions.Select(version => version.Value);

    /// <summary>Sets it.</summary>
    /// <returns>Confirms it.</returns>
    public Action Set(T value)
    {
        var version = new Version(value);
        _versions.Add(version);
        return () => Confirm(version);
    }

    /// <summary>It is known to be this.</summary>
    public void Learn(T value)
    {
        _versions.Clear();
        _versions.Add(new Version(value) { IsConfirmed = true });
    }

    private void Confirm(Version version)
    {
        version.IsConfirmed = true;
        _versions.RemoveRange(0, _versions.FindLastIndex(candidate => candidate.IsConfirmed));
    }

    private sealed class Version(T value)
    {
        public T Value { get; } = value;

        public bool IsConfirmed { get; set; }
    }
}
