namespace Ropeway.Core.Tracing;

/// <summary>Where a traced message stays: messages have numbers there.</summary>
internal interface ITracedPlace
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Those of its messages that are traced; null for none. Changed under the life lines' gate.</summary>
    TracedStays? Traced { get; set; }
}
