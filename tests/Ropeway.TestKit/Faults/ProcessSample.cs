using System.Globalization;

namespace Ropeway.TestKit.Faults;

/// <summary>What a process holds at one moment.</summary>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessSample(long ResidentBytes, long Descriptors, long Threads)
{
    /// <summary>Looks at a running broker.</summary>
    public static ProcessSample Take(BrokerProcess broker)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{broker.ProcessId}");
        return new ProcessSample(broker.ResidentBytes, Directory.GetFiles(process + "/fd").Length, Directory.GetDirectories(process + "/task").Length);
    }
}
