namespace Ropeway.Core.Tracing;

/// <summary>A traced message in one place, from its arrival to its end. Guarded by the gate of its <see cref="LifeLines"/>.</summary>
internal sealed class QueueStay(LifeLine line, ITracedPlace place, long sequence, DateTimeOffset storedAt)
{
    /// <summary>Most steps that are kept: a message may come back for ever.</summary>
    public const int StepsMax = 32;

    private readonly List<LifeStep> _steps = [];

    /// <summary>The message.</summary>
    public LifeLine Line => line;

    /// <summary>Where it is, or was.</summary>
    public ITracedPlace Place => place;

    /// <summary>Its number there.</summary>
    public long Sequence => sequence;

    /// <summary>When it came.</summary>
    public DateTimeOffset StoredAt => storedAt;

    /// <summary>Where it came from; null when its publisher sent it.</summary>
    public StayOrigin? Origin { get; init; }

    /// <summary>What happened since, the oldest first.</summary>
    public IReadOnlyList<LifeStep> Steps => _steps;

    /// <summary>Steps that were too many.</summary>
    public int DroppedCount { get; private set; }

    /// <summary>Whether it is known how it left.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether a queue has taken it from here, since it was let go if it was.</summary>
    public bool WentOn { get; set; }

    /// <summary>Since when it waits; null while somebody has it.</summary>
    public DateTimeOffset? WaitsSince { get; private set; } = storedAt;

    /// <summary>Since when somebody has it; null while it waits.</summary>
    public DateTimeOffset? HeldSince { get; private set; }

    /// <summary>Who has it.</summary>
    public string? Holder { get; private set; }

    /// <summary>Adds a step.</summary>
    /// <param name="step">What happened.</param>
    /// <param name="isEnd">Whether it left with that.</param>
    public void Add(in LifeStep step, bool isEnd)
    {
        HasEnded |= isEnd;
        WentOn &= step.Kind != LifeStepKind.Dead;
        WaitsSince = step.Kind == LifeStepKind.Returned ? step.At : null;
        HeldSince = step.Kind == LifeStepKind.Delivered ? step.At : null;
        Holder = step.Kind == LifeStepKind.Delivered ? step.Detail : null;
        if (_steps.Count < StepsMax || isEnd || step.Kind == LifeStepKind.Dead)
        {
            _steps.Add(step);
        }
        else
        {
            DroppedCount++;
        }
    }

    /// <summary>It left, and its steps say how.</summary>
    public void End() => HasEnded = true;
}
