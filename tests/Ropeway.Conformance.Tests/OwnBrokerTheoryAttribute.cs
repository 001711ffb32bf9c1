namespace Ropeway.Conformance.Tests;

/// <summary>As <see cref="OwnBrokerFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnBrokerTheoryAttribute : TheoryAttribute
{
    public OwnBrokerTheoryAttribute()
    {
        if (BrokerFixture.IsForeign)
        {
            Skip = "Needs control of the broker's process, or what only Ropeway has.";
        }
    }
}
