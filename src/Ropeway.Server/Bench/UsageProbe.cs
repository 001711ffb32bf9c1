using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>Watches broker, generator and machine between two moments. The thread that leads the run owns it.</summary>
internal sealed class UsageProbe
{
    private readonly int _brokerProcessId;
    private Moment _start;
    private Moment _end;

    /// <summary>Makes a probe.</summary>
    /// <param name="brokerProcessId">The broker's process on this machine; 0 when not known.</param>
    public UsageProbe(int brokerProcessId) => _brokerProcessId = brokerProcessId;

    /// <summary>Largest resident memory of the broker that was seen.</summary>
    public long BrokerResidentBytesMax { get; private set; }

    /// <summary>Time between the two moments.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_start.Ticks, _end.Ticks).TotalSeconds;

    /// <summary>CPU of the broker between the two moments.</summary>
    public long BrokerCpuMicroseconds => _end.Broker.CpuMicroseconds - _start.Broker.CpuMicroseconds;

    /// <summary>CPU of this process between the two moments.</summary>
    public long GeneratorCpuMicroseconds => _end.GeneratorCpuMicroseconds - _start.GeneratorCpuMicroseconds;

    /// <summary>CPU of everything else on the machine between the two moments; when the broker is not known it counts as everything else.</summary>
    public long OtherCpuMicroseconds =>
        Math.Max(0, _end.Machine.BusyMicroseconds - _start.Machine.BusyMicroseconds - BrokerCpuMicroseconds - GeneratorCpuMicroseconds);

    /// <summary>Time that the host of a virtual machine kept for others between the two moments.</summary>
    public long StolenMicroseconds => _end.Machine.StolenMicroseconds - _start.Machine.StolenMicroseconds;

    /// <summary>Resident memory of the broker at the second moment.</summary>
    public long BrokerResidentBytes => _end.Broker.ResidentBytes;

    /// <summary>Bytes that the broker wrote to disk between the two moments; -1 when not known.</summary>
    public long BrokerWrittenBytes =>
        _end.Broker.WrittenBytes < 0 || _brokerProcessId == 0 ? -1 : _end.Broker.WrittenBytes - _start.Broker.WrittenBytes;

    /// <summary>Bytes that the broker gave to write calls between the two moments; -1 when not known. See <see cref="ProcessUsage"/>.</summary>
    public long BrokerFileWriteBytes =>
        _end.Broker.FileWriteBytes < 0 || _brokerProcessId == 0 ? -1 : _end.Broker.FileWriteBytes - _start.Broker.FileWriteBytes;

    /// <summary>Notes the first moment.</summary>
    public void Start() => _start = Read();

    /// <summary>Notes the second moment.</summary>
    public void End() => _end = Read();

    /// <summary>Looks at the broker's memory in between.</summary>
    public void Sample()
    {
        if (_brokerProcessId != 0)
        {
            BrokerResidentBytesMax = Math.Max(BrokerResidentBytesMax, ProcessUsage.Read(_brokerProcessId).ResidentBytes);
        }
    }

    private Moment Read()
    {
        ProcessUsage broker = _brokerProcessId == 0 ? default : ProcessUsage.Read(_brokerProcessId);
        BrokerResidentBytesMax = Math.Max(BrokerResidentBytesMax, broker.ResidentBytes);
        long generator = (long)Environment.CpuUsage.TotalTime.TotalMicroseconds;
        return new Moment(Stopwatch.GetTimestamp(), broker, generator, MachineUsage.Read());
    }

    private readonly record struct Moment(long Ticks, ProcessUsage Broker, long GeneratorCpuMicroseconds, MachineUsage Machine);
}
