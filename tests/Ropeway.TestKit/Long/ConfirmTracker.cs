using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>Counts confirmed publishes of one channel, whatever the order of their confirms.</summary>
internal sealed class ConfirmTracker
{
    private readonly HashSet<ulong> _early = [];

    /// <summary>All publishes up to this tag are confirmed.</summary>
    public ulong ConfirmedUpTo { get; private set; }

    /// <summary>Takes a confirm; a refused publish ends the run.</summary>
    public void Take(WireConfirm confirm)
    {
        if (confirm.IsNack)
        {
            throw new InvalidOperationException($"The broker refused publish {confirm.Tag}.");
        }

        if (confirm.IsMultiple)
        {
            ConfirmedUpTo = Math.Max(ConfirmedUpTo, confirm.Tag);
        }
        else
        {
            _early.Add(confirm.Tag);
        }

        while (_early.Remove(ConfirmedUpTo + 1))
        {
            ConfirmedUpTo++;
        }
    }
}
