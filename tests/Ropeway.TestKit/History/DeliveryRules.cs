namespace Ropeway.TestKit.History;

/// <summary>What must hold whenever a message is delivered. Used under the history's gate.</summary>
internal sealed class DeliveryRules(IReadOnlyList<TrackedSession> sessions, ViolationLog violations, HistoryCounts counts)
{
    /// <summary>Checks a delivery against what is known of the message, before it is noted.</summary>
    public void Check(TrackedStream stream, long sequence, TrackedSession to, bool isRedelivered)
    {
        TrackedMessage message = stream[sequence];
        CheckCustody(message, stream, sequence, to);
        CheckFlag(message, stream, sequence, isRedelivered);
        CheckOrder(message, stream, sequence, to, isRedelivered);
    }

    private void CheckCustody(TrackedMessage message, TrackedStream stream, long sequence, TrackedSession to)
    {
        if (message.Outcome == PublishOutcome.Returned)
        {
            violations.Add(ViolationKind.Phantom, $"{stream.Name(sequence)} was delivered although it had been returned");
        }

        bool hasLiveHolder = message.Session >= 0 && !sessions[message.Session].HasEnded;
        switch (message.Custody)
        {
            case Custody.Settled:
                violations.Add(ViolationKind.SettledCameBack, $"{stream.Name(sequence)} was settled by session {message.Session} and came again to session {to.Id}");
                break;
            case Custody.Acked or Custody.Held when hasLiveHolder:
                violations.Add(ViolationKind.DeliveredTwice, $"{stream.Name(sequence)} is {message.Custody} by session {message.Session} and came to session {to.Id}");
                break;
            case Custody.Acked:
                counts.UncoveredAcksBack++;
                break;
            default:
                break;
        }
    }

    private void CheckFlag(TrackedMessage message, TrackedStream stream, long sequence, bool isRedelivered)
    {
        if (message.Deliveries > 0)
        {
            if (!isRedelivered)
            {
                violations.Add(ViolationKind.Unflagged, $"{stream.Name(sequence)} was delivered {message.Deliveries} times before");
            }
        }
        else if (!isRedelivered && sequence < stream.HighBeforeCrash)
        {
            violations.Add(ViolationKind.Unflagged, $"{stream.Name(sequence)} lies before sequence {stream.HighBeforeCrash}, which was delivered before the crash");
        }
        else if (isRedelivered)
        {
            if (stream.Queue.EndingSessions == 0 && stream.Queue.LastUnseenAt < message.PublishedAt)
            {
                violations.Add(ViolationKind.WronglyFlagged, $"{stream.Name(sequence)} cannot have been delivered before");
            }
            else
            {
                counts.FlaggedUnseen++;
            }
        }
    }

    private void CheckOrder(TrackedMessage message, TrackedStream stream, long sequence, TrackedSession to, bool isRedelivered)
    {
        bool isFirst = message.Deliveries == 0 && !isRedelivered; // A flagged one may have been out before, unseen.
        if (!isFirst && !to.IsStrict)
        {
            return;
        }

        if (to.LastSequence.TryGetValue(stream.Producer, out long last) && sequence <= last)
        {
            violations.Add(ViolationKind.Reordered, $"{stream.Name(sequence)} came after sequence {last} in session {to.Id}");
        }

        to.LastSequence[stream.Producer] = Math.Max(sequence, to.LastSequence.GetValueOrDefault(stream.Producer, -1));
    }
}
