using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

public sealed class StoreModelTests
{
    private readonly ITestOutputHelper _output;

    public StoreModelTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void RandomOperations_OverRestarts_BehaveLikeAList(int seed)
    {
        int steps = int.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_MODEL_STEPS"), out int wanted) ? wanted : 600;
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_MODEL_SEED"), out ulong given) ? given : 0;
        _output.WriteLine($"seed {first + (ulong)seed}, {steps} steps");
        using StoreModel model = new(first + (ulong)seed);
        model.Run(steps);
    }
}
