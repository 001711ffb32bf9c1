using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class ProcUsageTests
{
    [Fact]
    public void ParseCpuTicks_NameWithSpacesAndParentheses_ReadsUserAndSystemTime()
    {
        const string Stat = "42 (a b) c) S 1 42 42 0 -1 4194560 100 0 0 0 123 45 0 0 20 0 9 0 1000 1 2 3";

        Assert.Equal(168, ProcessUsage.ParseCpuTicks(Stat));
    }

    [Theory]
    [InlineData("Name:\tx\nVmRSS:\t   12345 kB\nVmSwap: 0 kB\n", "VmRSS:", 12345)]
    [InlineData("rchar: 1\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n", "write_bytes:", 4096)]
    [InlineData("rchar: 1\nwchar: 22\nwrite_bytes: 4096\n", "wchar:", 22)]
    [InlineData("rchar: 1\n", "write_bytes:", 0)]
    public void ParseKey_Text_GivesTheNumber(string text, string key, long expected) => Assert.Equal(expected, ProcessUsage.ParseKey(text, key));

    [Fact]
    public void Parse_MachineStat_LeavesIdleAndWaitingOut()
    {
        MachineUsage usage = MachineUsage.Parse("cpu  100 10 50 9000 700 1 2 30 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");

        Assert.Equal(193 * 10_000, usage.BusyMicroseconds);
        Assert.Equal(30 * 10_000, usage.StolenMicroseconds);
    }

    [Fact]
    public void Read_NoSuchProcess_IsAClearFault()
    {
        BenchException fault = Assert.Throws<BenchException>(() => ProcessUsage.Read(int.MaxValue));
        Assert.Contains("--broker-pid", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ThisProcess_SeesItsMemory() => Assert.True(ProcessUsage.Read(Environment.ProcessId).ResidentBytes > 1_000_000);
}
