namespace Ropeway.Management.Views;

/// <summary>Messages that wait for their time, in the order of their times.</summary>
internal sealed record DelayedPageView(IEnumerable<DelayedMessageView> Messages, long Total, string? Next);
