namespace Ropeway.Conformance.Tests;

/// <summary>A test that starts, stops or kills its own broker process, or shows what RabbitMQ 3.10 does not have: not run against a foreign broker.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnBrokerFactAttribute : FactAttribute
{
    public OwnBrokerFactAttribute()
    {
        if (BrokerFixture.IsForeign)
        {
            Skip = "Needs control of the broker's process, or what only Ropeway has.";
        }
    }
}
