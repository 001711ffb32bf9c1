namespace Ropeway.Storage.Journaling;

/// <summary>How soon a journal file that is being filled with zeros is needed.</summary>
internal enum FillHaste
{
    /// <summary>Another file is ready: filling rests between writes, so that it does not slow the commit thread.</summary>
    None,

    /// <summary>It is the next one to be written to.</summary>
    Soon,

    /// <summary>Somebody waits for it, or the journal stops: the rest of the zeros is left out.</summary>
    Urgent,
}
