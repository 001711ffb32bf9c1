namespace Ropeway.Server.Bench;

/// <summary>
/// Checks the bodies that one consumer receives: checksum, and one <see cref="SequenceTrail"/> per producer.
/// One owner at a time, as a trail.
/// </summary>
internal sealed class DeliveryVerifier
{
    private SequenceTrail?[] _trails = [];

    /// <summary>Bodies whose checksum did not fit, or that no load producer wrote.</summary>
    public long DamagedCount { get; private set; }

    /// <summary>The trails by producer number; null for producers never seen.</summary>
    public ReadOnlySpan<SequenceTrail?> Trails => _trails;

    /// <summary>Looks at one whole body.</summary>
    public void Check(ReadOnlySpan<byte> body)
    {
        if (body.Length < BodyStamp.SequenceBytes || !BodyStamp.IsIntact(body))
        {
            DamagedCount++;
            return;
        }

        (int producer, long sequence) = BodyStamp.ReadNumber(body);
        if (sequence >= SequenceTrail.SequenceMax)
        {
            DamagedCount++;
            return;
        }

        TrailOf(producer).Add(sequence);
    }

    /// <summary>Adds what another consumer of the same queue saw.</summary>
    public void UnionWith(DeliveryVerifier other)
    {
        DamagedCount += other.DamagedCount;
        for (int producer = 0; producer < other._trails.Length; producer++)
        {
            if (other._trails[producer] is { } trail)
            {
                TrailOf(producer).UnionWith(trail);
            }
        }
    }

    private SequenceTrail TrailOf(int producer)
    {
        if (producer >= _trails.Length)
        {
            Array.Resize(ref _trails, producer + 1);
        }

        return _trails[producer] ??= new SequenceTrail();
    }
}
