namespace Ropeway.Core.Policies;

/// <summary>Kinds of objects that policies apply to, one bit each.</summary>
[Flags]
internal enum PolicyReach : byte
{
    None = 0,
    Classic = 1,
    Quorum = 2,
    Stream = 4,
    Exchange = 8,
    Queues = Classic | Quorum | Stream,
    All = Queues | Exchange,
}
