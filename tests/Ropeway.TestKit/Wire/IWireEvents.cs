namespace Ropeway.TestKit.Wire;

/// <summary>What a connection hears besides replies. Called on the thread that pumps; may write, may not pump.</summary>
public interface IWireEvents
{
    /// <summary>A message was delivered, fetched or returned.</summary>
    void OnMessage(in WireDelivery delivery);

    /// <summary>The broker confirmed publishes.</summary>
    void OnConfirm(WireConfirm confirm);

    /// <summary>The broker asks publishers to wait, or, with null, says that they may go on.</summary>
    void OnBlocked(string? reason)
    {
    }
}
