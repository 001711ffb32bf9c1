namespace Ropeway.Server.Bench;

/// <summary>What a frame brought.</summary>
internal enum DeliveryStep
{
    /// <summary>A part of a delivery; more frames follow.</summary>
    Incomplete,

    /// <summary>The last part of a delivery.</summary>
    Delivery,

    /// <summary>A method that is not a delivery; its frame is for the caller to read.</summary>
    OtherMethod,
}
