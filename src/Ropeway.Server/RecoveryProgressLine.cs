using Microsoft.Extensions.Logging;

namespace Ropeway.Server;

/// <summary>Tells the operator how far a long recovery is: a line a second, none when it takes less than a second.</summary>
internal sealed class RecoveryProgressLine(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _lastTimestamp = time.GetTimestamp();

    /// <summary>Any thread, as often as one likes.</summary>
    public void Report(long doneBytes, long totalBytes)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_lastTimestamp) < Interval)
            {
                return;
            }

            _lastTimestamp = time.GetTimestamp();
        }

        const double BytesPerMebibyte = 1024 * 1024;
        long percent = totalBytes > 0 ? Math.Clamp(doneBytes * 100 / totalBytes, 0, 100) : 100;
        ServerLog.Recovering(logger, doneBytes / BytesPerMebibyte, totalBytes / BytesPerMebibyte, percent);
    }
}
