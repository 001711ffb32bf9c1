namespace Ropeway.Server.Bench;

/// <summary>What came of checking every body.</summary>
/// <param name="CheckedCount">Different messages that arrived intact.</param>
/// <param name="MissingCount">Messages that did not arrive, though the run waited for them.</param>
/// <param name="DuplicateCount">Messages that arrived again.</param>
/// <param name="DisorderCount">Messages that arrived at a consumer after a later one of the same producer.</param>
/// <param name="DamagedCount">Bodies with a wrong checksum, or from elsewhere.</param>
internal sealed record VerificationSummary(long CheckedCount, long MissingCount, long DuplicateCount, long DisorderCount, long DamagedCount)
{
    /// <summary>Whether everything that should have arrived did so once, in order and intact.</summary>
    public bool IsPerfect => MissingCount + DuplicateCount + DisorderCount + DamagedCount == 0;

    /// <summary>Sums up a run with producers: every message that was published must have arrived.</summary>
    /// <param name="options">Which queue gets which producer's messages.</param>
    /// <param name="verifiers">One per consumer.</param>
    /// <param name="published">Messages per producer.</param>
    public static VerificationSummary OfRun(AmqpBenchOptions options, IReadOnlyList<DeliveryVerifier> verifiers, IReadOnlyList<long> published)
    {
        var sum = new VerificationSummary(0, 0, 0, 0, 0);
        bool isOneDomain = options.Routing == RoutingKind.Topic; // A producer's messages are spread over all queues.
        int domainCount = isOneDomain ? 1 : options.QueueCount;
        for (int domain = 0; domain < domainCount; domain++)
        {
            DeliveryVerifier union = Unite(verifiers, consumer => isOneDomain || consumer % options.QueueCount == domain);
            for (int producer = 0; producer < published.Count; producer++)
            {
                bool isTarget = isOneDomain || options.Routing == RoutingKind.Fanout || producer % options.QueueCount == domain;
                SequenceTrail? trail = producer < union.Trails.Length ? union.Trails[producer] : null;
                sum = sum.Plus(trail, trail?.MissingOf(isTarget ? published[producer] : 0) ?? (isTarget ? published[producer] : 0));
            }

            sum = sum with { DamagedCount = sum.DamagedCount + union.DamagedCount };
        }

        return sum;
    }

    /// <summary>Sums up a run that only consumed: what each producer left must have no holes.</summary>
    /// <param name="options">Which consumer reads which queue.</param>
    /// <param name="verifiers">One per consumer.</param>
    public static VerificationSummary OfBacklog(AmqpBenchOptions options, IReadOnlyList<DeliveryVerifier> verifiers)
    {
        var sum = new VerificationSummary(0, 0, 0, 0, 0);
        for (int queue = 0; queue < options.QueueCount; queue++)
        {
            DeliveryVerifier union = Unite(verifiers, consumer => consumer % options.QueueCount == queue);
            foreach (SequenceTrail? trail in union.Trails)
            {
                sum = sum.Plus(trail, trail?.Holes ?? 0);
            }

            sum = sum with { DamagedCount = sum.DamagedCount + union.DamagedCount };
        }

        return sum;
    }

    private static DeliveryVerifier Unite(IReadOnlyList<DeliveryVerifier> verifiers, Predicate<int> belongs)
    {
        var union = new DeliveryVerifier();
        for (int consumer = 0; consumer < verifiers.Count; consumer++)
        {
            if (belongs(consumer))
            {
                union.UnionWith(verifiers[consumer]);
            }
        }

        return union;
    }

    private VerificationSummary Plus(SequenceTrail? trail, long missingCount) => new(
        CheckedCount + (trail?.Count ?? 0),
        MissingCount + missingCount,
        DuplicateCount + (trail?.DuplicateCount ?? 0),
        DisorderCount + (trail?.DisorderCount ?? 0),
        DamagedCount);
}
