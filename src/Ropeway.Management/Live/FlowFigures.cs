namespace Ropeway.Management.Live;

/// <summary>What goes through a virtual host in a second, each message counted once.</summary>
/// <param name="Published">Messages from publishers.</param>
/// <param name="Delivered">Messages to consumers, also fetched ones.</param>
/// <param name="Acked">Messages that consumers are done with.</param>
/// <param name="Returned">Messages that went back to their publishers.</param>
/// <param name="Unroutable">Messages that led to no queue and were dropped.</param>
internal readonly record struct FlowFigures(double Published, double Delivered, double Acked, double Returned, double Unroutable)
{
    /// <summary>Both together.</summary>
    public static FlowFigures operator +(FlowFigures one, FlowFigures other) => new(
        one.Published + other.Published, one.Delivered + other.Delivered, one.Acked + other.Acked, one.Returned + other.Returned, one.Unroutable + other.Unroutable);
}
