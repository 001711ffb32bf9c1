using Ropeway.TestKit.Faults;

namespace Ropeway.Faults.Tests;

/// <summary>A test that needs the tools of <c>tests/faults</c>; skipped, with the reason, where they cannot be compiled or preloaded.</summary>
public sealed class FaultToolsFactAttribute : FactAttribute
{
    public FaultToolsFactAttribute() => Skip = FaultTool.Obstacle;
}
