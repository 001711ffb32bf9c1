namespace Ropeway.Server.Tests;

public sealed class FileDescriptorsTests
{
    [Theory]
    [InlineData(512, 192, 32)]
    [InlineData(1_024, 640, 64)]
    [InlineData(20_000, 17_494, 1_000)]
    [InlineData(1_048_576, 65_536, 1_000)]
    [InlineData(long.MaxValue, 65_536, 1_000)]
    public void Share_LeavesDescriptorsForTheRestOfTheProcess(long limit, int connections, int http)
    {
        Assert.Equal(new FileDescriptors(connections, http), FileDescriptors.Share(limit, connectionsWanted: 65_536, httpConnectionsWanted: 1_000));
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     \n", 1_024)]
    [InlineData("Limit Soft Hard\nMax open files            unlimited            unlimited            files     \n", long.MaxValue)]
    public void Parse_TakesTheSoftLimit(string limits, long expected) => Assert.Equal(expected, FileDescriptors.Parse(limits));
}
