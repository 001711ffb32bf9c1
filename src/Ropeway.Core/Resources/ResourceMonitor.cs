using Microsoft.Extensions.Logging;

namespace Ropeway.Core.Resources;

/// <summary>
/// Looks once a second whether memory or disk space run low and tells <see cref="Admission"/>. One timer; a look that takes
/// longer than a second is not joined by another.
/// </summary>
/// <remarks>
/// The disk is low, too, while the store finds no space in spite of what seems free.
/// Memory that the collector keeps counts as used. So that it does not keep publishers waiting, it is given back when the alarm
/// begins and every ten seconds while it lasts.
/// </remarks>
public sealed class ResourceMonitor : IDisposable
{
    private const int ChecksPerRelease = 10;

    private readonly Admission _admission;
    private readonly IResourceGauges _gauges;
    private readonly ResourceLimits _limits;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _isChecking;
    private int _alarmedCheckCount;
    private bool _isDiskUnknown;
    private bool _hasFailed;

    /// <summary>Checks once, then every second.</summary>
    public ResourceMonitor(Admission admission, IResourceGauges gauges, ResourceLimits limits, TimeProvider time, ILogger logger)
    {
        _admission = admission;
        _gauges = gauges;
        _limits = limits;
        _logger = logger;
        Check();
        _timer = time.CreateTimer(static monitor => ((ResourceMonitor)monitor!).Check(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Checks now.</summary>
    public void Check()
    {
        if (Interlocked.Exchange(ref _isChecking, 1) != 0)
        {
            return;
        }

        try
        {
            CheckMemory();
            CheckDisk();
        }
        catch (Exception fault) // The top of a timer's call.
        {
            if (!_hasFailed)
            {
                _hasFailed = true; // Not once a second.
                ResourceLog.CheckFailed(_logger, fault);
            }
        }
        finally
        {
            Volatile.Write(ref _isChecking, 0);
        }
    }

    /// <summary>Checks no more; what publishers were told stays.</summary>
    public void Dispose() => _timer.Dispose();

    private void CheckMemory()
    {
        long usedBytes = _gauges.UsedMemoryBytes;
        if (usedBytes > _limits.UsedMemoryBytesMax && _alarmedCheckCount++ % ChecksPerRelease == 0)
        {
            _gauges.ReleaseUnusedMemory();
            usedBytes = _gauges.UsedMemoryBytes;
        }

        bool isLow = usedBytes > _limits.UsedMemoryBytesMax;
        if (!isLow)
        {
            _alarmedCheckCount = 0;
        }

        if (!_admission.Set(AdmissionCause.Memory, isLow))
        {
            return;
        }

        if (isLow)
        {
            ResourceLog.MemoryLow(_logger, usedBytes, _limits.UsedMemoryBytesMax);
        }
        else
        {
            ResourceLog.MemoryFine(_logger, usedBytes, _limits.UsedMemoryBytesMax);
        }
    }

    private void CheckDisk()
    {
        if (_gauges.DiskShortage is { } shortage)
        {
            if (_admission.Set(AdmissionCause.Disk, holds: true))
            {
                ResourceLog.DiskShort(_logger, shortage);
            }

            return;
        }

        long freeBytes;
        try
        {
            freeBytes = _limits.FreeDiskBytesMin > 0 ? _gauges.FreeDiskBytes : long.MaxValue;
            _isDiskUnknown = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_isDiskUnknown)
            {
                _isDiskUnknown = true;
                ResourceLog.DiskUnknown(_logger, fault.Message);
            }

            return; // What was known last holds on.
        }

        bool isLow = freeBytes < _limits.FreeDiskBytesMin;
        if (!_admission.Set(AdmissionCause.Disk, isLow))
        {
            return;
        }

        if (isLow)
        {
            ResourceLog.DiskLow(_logger, freeBytes, _limits.FreeDiskBytesMin);
        }
        else
        {
            ResourceLog.DiskFine(_logger, freeBytes, _limits.FreeDiskBytesMin);
        }
    }
}
