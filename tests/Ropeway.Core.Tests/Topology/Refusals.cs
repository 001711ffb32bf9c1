using Ropeway.Core.Topology;

namespace Ropeway.Core.Tests.Topology;

/// <summary>Asserts about refusals.</summary>
internal static class Refusals
{
    public static void AssertRefused(RefusalReason reason, string text, Action action)
    {
        RefusedException refused = Assert.Throws<RefusedException>(action);
        Assert.Equal(text, refused.Message);
        Assert.Equal(reason, refused.Reason);
    }
}
