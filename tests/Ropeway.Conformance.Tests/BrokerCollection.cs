namespace Ropeway.Conformance.Tests;

/// <summary>All tests that share the one broker.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // xunit calls it a collection.
public sealed class BrokerCollection : ICollectionFixture<BrokerFixture>
#pragma warning restore CA1711
{
    public const string Name = "broker";
}
