namespace Ropeway.TestKit.History;

/// <summary>What the history knows about one message in one queue.</summary>
internal struct TrackedMessage
{
    public PublishOutcome Outcome;
    public Custody Custody;
    public bool MayBeLost;
    public int Deliveries;
    public int Session;
    public long PublishedAt;
}
