using Xunit.Abstractions;

namespace Ropeway.Core.Tests.Queues.Groups;

public sealed class GroupModelTests(ITestOutputHelper output)
{
    private const int StepCount = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Queue_RandomOperations_DoesWhatTheModelSays(int seed)
    {
        output.WriteLine($"Seed {seed}");
        using var model = new GroupModel(seed);
        try
        {
            for (int step = 0; step < StepCount; step++)
            {
                model.Step();
            }

            model.Drain();
        }
        catch
        {
            output.WriteLine($"Seed {seed} failed after {model.Steps.Count} steps, the last of them:");
            model.Steps.TakeLast(20).ToList().ForEach(output.WriteLine);
            throw;
        }
    }
}
