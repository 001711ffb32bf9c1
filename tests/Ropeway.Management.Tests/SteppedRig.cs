using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Management.Tests;

/// <summary>A <see cref="ManagementRig"/> whose clock moves only when it is told to.</summary>
public sealed class SteppedRig : ManagementRig
{
    public SteppedRig()
        : this(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)))
    {
    }

    private SteppedRig(FakeTimeProvider time)
        : base(time) => Time = time;

    public FakeTimeProvider Time { get; }
}
