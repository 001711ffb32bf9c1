using Xunit.Abstractions;

namespace Ropeway.Core.Tests.Queues;

public sealed class RewindModelTests(ITestOutputHelper output)
{
    private const int StepCount = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Queue_RandomOperations_DoesWhatTheModelSays(int seed)
    {
        output.WriteLine($"Seed {seed}");
        using var model = new RewindModel(seed);
        try
        {
            for (int step = 0; step < StepCount; step++)
            {
                model.Step();
            }
        }
        catch
        {
            output.WriteLine($"Seed {seed} failed after {model.Steps.Count} steps, the last of them:");
            model.Steps.TakeLast(20).ToList().ForEach(output.WriteLine);
            throw;
        }
    }
}
