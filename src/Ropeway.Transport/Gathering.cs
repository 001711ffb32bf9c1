using System.Diagnostics;

namespace Ropeway.Transport;

/// <summary>
/// Decides whether a <see cref="ReadinessLoop"/> pauses for some microseconds before it looks for the next sockets, so that peers which write one message at
/// a time cost one wake-up for several messages, as network cards moderate their interrupts. Belongs to the loop's thread.
/// </summary>
/// <remarks>
/// It is tried when wake-ups follow each other so fast that they cost more than the messages they bring, and kept for as long as a receive brings at
/// least twice as much as before: a stream of messages gathers, but requests of peers that wait for their answers do not, and must not wait.
/// </remarks>
internal sealed class Gathering(long ticksPerSecond)
{
    /// <summary>How long the loop pauses, in nanoseconds.</summary>
    public const long PauseNanoseconds = 50_000;

    /// <summary>Wake-ups after which it decides anew.</summary>
    public const int WindowWakes = 64;

    private const double GainMin = 2;

    private readonly long _fastWindowTicks = ticksPerSecond / 1000; // 64,000 wake-ups a second.
    private readonly long _backOffMin = ticksPerSecond / 100;
    private readonly long _backOffMax = ticksPerSecond;
    private long _backOff = ticksPerSecond / 100;
    private long _notBefore = long.MinValue;
    private long _windowStart;
    private int _wakes;
    private long _receives;
    private long _bytes;
    private double _bytesBefore;

    /// <summary>Whether to pause before the next wait.</summary>
    public bool IsOn { get; private set; }

    /// <summary>A loop with the system's clock.</summary>
    public static Gathering Start() => new(Stopwatch.Frequency);

    /// <summary>A socket of the loop was received from.</summary>
    public void OnReceived(int bytes)
    {
        _receives++;
        _bytes += bytes;
    }

    /// <summary>The loop has done what a wake-up brought.</summary>
    /// <returns>True when <see cref="Decide"/> is due.</returns>
    public bool OnWake() => ++_wakes >= WindowWakes;

    /// <summary>Looks back at the last wake-ups.</summary>
    /// <param name="nowTicks">The time now; at the first call any.</param>
    public void Decide(long nowTicks)
    {
        double bytes = (double)_bytes / Math.Max(_receives, 1);
        if (IsOn)
        {
            IsOn = bytes >= GainMin * _bytesBefore;
            _backOff = IsOn ? _backOffMin : Math.Min(_backOff * 2, _backOffMax);
            _notBefore = nowTicks + _backOff;
        }
        else if (nowTicks - _windowStart < _fastWindowTicks && nowTicks >= _notBefore && _receives > 0)
        {
            IsOn = true;
            _bytesBefore = bytes;
        }

        _windowStart = nowTicks;
        _wakes = 0;
        _receives = 0;
        _bytes = 0;
    }
}
