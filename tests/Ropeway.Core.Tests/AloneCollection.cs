namespace Ropeway.Core.Tests;

/// <summary>Tests that run while no other test does, because they measure what others would disturb.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
