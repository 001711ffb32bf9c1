namespace Ropeway.Management.Views;

/// <summary>How fast a number changes, as RabbitMQ says it.</summary>
/// <param name="Rate">By how much in a second, over the last step.</param>
/// <param name="Samples">The number at several times, the latest first; null when they were not asked for.</param>
/// <param name="AvgRate">By how much in a second, over all samples.</param>
/// <param name="Avg">The mean of the samples.</param>
internal sealed record RateView(double Rate, IReadOnlyList<SampleView>? Samples = null, double? AvgRate = null, double? Avg = null)
{
    /// <summary>Nothing changes.</summary>
    public static RateView None { get; } = new(0);
}
