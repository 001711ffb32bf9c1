namespace Ropeway.Simulation.Model;

/// <summary>A transaction: after a crash all of it counts, or nothing.</summary>
internal sealed class ModelUnit
{
    private bool? _counts;

    public List<ModelMessage> Published { get; } = [];

    public List<ModelMessage> Settled { get; } = [];

    /// <summary>After a crash a message shows whether the unit counts.</summary>
    public void Tell(BrokerModel model, ModelMessage message, bool counts)
    {
        model.Check(_counts is null || _counts == counts, message, "shows that only half of its transaction counts");
        _counts = counts;
    }
}
