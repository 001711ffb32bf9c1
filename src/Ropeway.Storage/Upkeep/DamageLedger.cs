namespace Ropeway.Storage;

/// <summary>Where a recovery notes what it finds damaged. Used by the opening thread.</summary>
/// <param name="isStrict">True: what no quarantine can contain ends the recovery. False: it is noted like the rest, and recovery goes on without it.</param>
internal sealed class DamageLedger(bool isStrict)
{
    private readonly List<StoreDamage> _damages = [];

    /// <summary>In the order in which they were found.</summary>
    public IReadOnlyList<StoreDamage> Damages => _damages;

    /// <summary>True when something was found that a repair gives up for good without being able to name it.</summary>
    public bool HasLoss => _damages.Exists(static damage => damage.Loss is not null);

    /// <exception cref="StoreException">Damaged: a strict recovery cannot go on.</exception>
    public void Note(StoreDamage damage)
    {
        if (isStrict && damage.IsRefused)
        {
            throw new StoreException(StoreFault.Damaged, $"{damage.Text}. Nothing was changed.");
        }

        _damages.Add(damage);
    }

    /// <summary>One more who loses something to a damage of the journal that was noted before.</summary>
    /// <param name="journalPosition">Where the damage begins.</param>
    /// <param name="victim">What is lost.</param>
    public void AddVictim(long journalPosition, DamageVictim victim)
    {
        int place = _damages.FindIndex(damage => damage.Kind == DamageKind.Journal && damage.JournalPosition == journalPosition);
        _damages[place] = _damages[place] with { Victims = [.. _damages[place].Victims, victim] };
    }
}
