namespace Ropeway.TestKit.Kills;

/// <summary>What a kill run does.</summary>
public sealed record KillOptions
{
    /// <summary>The broker, with its data directory.</summary>
    public required BrokerLaunch Launch { get; init; }

    /// <summary>Kills that must count: at least <see cref="ConfirmedMin"/> messages confirmed and some in flight.</summary>
    public required int Kills { get; init; }

    /// <summary>Everything random follows from it, except the threads' timing.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Confirmed messages that must lie between two kills.</summary>
    public int ConfirmedMin { get; init; } = 1000;

    /// <summary>Longest random wait between enough confirmed messages and the kill.</summary>
    public int WaitMsMax { get; init; } = 1200;

    /// <summary>How long the broker may take to be ready.</summary>
    public TimeSpan StartDeadline { get; init; } = TestDeadline.Value;

    /// <summary>What ends the broker under load, as if nobody had seen it coming; by default kill -9.</summary>
    public Action<BrokerProcess> Crash { get; init; } = static broker => broker.Kill();

    /// <summary>Receives a line now and then.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
