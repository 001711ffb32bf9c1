using Ropeway.Storage;
using Xunit.Abstractions;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueModelTests(ITestOutputHelper output)
{
    private const int StepCount = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Queue_RandomOperations_DoesWhatTheModelSays(int seed)
    {
        output.WriteLine($"Seed {seed}");
        using var model = new QueueModel(seed, new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }));
        try
        {
            for (int step = 0; step < StepCount; step++)
            {
                await model.StepAsync();
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
