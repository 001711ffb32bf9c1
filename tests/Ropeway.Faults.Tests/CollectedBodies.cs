using System.Text;
using Ropeway.TestKit.Wire;

namespace Ropeway.Faults.Tests;

/// <summary>Keeps the bodies of all messages that come, as text.</summary>
internal sealed class CollectedBodies : IWireEvents
{
    public List<string> Texts { get; } = [];

    public void OnMessage(in WireDelivery delivery) => Texts.Add(Encoding.UTF8.GetString(delivery.Body));

    public void OnConfirm(WireConfirm confirm)
    {
        // It publishes nothing.
    }
}
