using System.Runtime.CompilerServices;

namespace Ropeway.Core.Statistics;

/// <summary>A number for each <see cref="MessageEvent"/>. A mutable struct: whoever embeds it is its only owner.</summary>
[InlineArray(Length)]
public struct EventCounts
{
    /// <summary>How many kinds of events there are.</summary>
    public const int Length = (int)MessageEvent.OverDeliveryLimitLetters + 1;

    private long _first;
}
