namespace Ropeway.Simulation.Model;

/// <summary>How often a message came back to a queue with retry, and until when it waits. What is not confirmed may be lost in a crash.</summary>
internal sealed class ReturnCount
{
    /// <summary>How often a message may come back.</summary>
    public const int Limit = 3;

    /// <summary>The delay grows by this with each return, in milliseconds.</summary>
    public const int StepMs = 100;

    /// <summary>The longest delay, in milliseconds.</summary>
    public const int DelayMsMax = 250;

    /// <summary>At least so often.</summary>
    public int Min { get; private set; }

    /// <summary>At most so often.</summary>
    public int Max { get; private set; }

    /// <summary>Not delivered before, in milliseconds since the Unix epoch; 0 when it does not wait.</summary>
    public long DueMs { get; private set; }

    /// <summary>It has waited, and nobody has had it since: it may be overtaken until it is found to be due.</summary>
    public bool IsOutOfOrder { get; private set; }

    private int Confirmed { get; set; }

    /// <summary>It comes back.</summary>
    /// <returns>Confirms that.</returns>
    public Action Return(long nowMs)
    {
        Min++;
        Max++;
        DueMs = nowMs + Math.Min((long)StepMs * Min, DelayMsMax);
        IsOutOfOrder = true;
        int count = Min;
        return () => Confirmed = Math.Max(Confirmed, count);
    }

    /// <summary>The time of day has changed.</summary>
    public void NoteTime(long nowMs) => DueMs = nowMs >= DueMs ? 0 : DueMs;

    /// <summary>It is delivered, and says how often it came back.</summary>
    public void Learn(int count)
    {
        Min = count;
        Max = count;
        Confirmed = Math.Min(Confirmed, count);
        IsOutOfOrder = false;
    }

    /// <summary>The broker has started again.</summary>
    public void Restart(bool wasClean)
    {
        IsOutOfOrder |= Max > 0; // Its time is one of day: with a clock that was set back it waits once more.
        if (!wasClean)
        {
            DueMs = Confirmed < Min ? 0 : DueMs; // The return is lost, or not.
            Min = Math.Min(Min, Confirmed);
        }
    }
}
