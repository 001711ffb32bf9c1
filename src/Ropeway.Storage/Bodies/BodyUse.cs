namespace Ropeway.Storage;

/// <summary>Who needs a body.</summary>
/// <param name="References">Unsettled records that reference it.</param>
/// <param name="IsClaimed">Its writer has not released it yet.</param>
internal readonly record struct BodyUse(int References, bool IsClaimed)
{
    public bool IsDead => References == 0 && !IsClaimed;
}
