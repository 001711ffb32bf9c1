namespace Ropeway.Core.Timing;

/// <summary>A part of the broker that can fail without another: a queue, a connection.</summary>
public interface IFaultScope
{
    /// <summary>Work for this part has failed, and not because of the store: from now on it rests, and is told about once. Any thread, with any gate held; does not throw.</summary>
    /// <param name="fault">What the broker did not expect.</param>
    void OnFault(Exception fault);
}
