namespace Ropeway.Conformance.Tests;

/// <summary>A test that starts, stops or kills its own broker process: not run against a foreign broker.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnBrokerFactAttribute : FactAttribute
{
    public OwnBrokerFactAttribute()
    {
        if (BrokerFixture.IsForeign)
        {
            Skip = "Needs control of the broker's process.";
        }
    }
}
