namespace Ropeway.Core.Resources;

/// <summary>A publisher that waits, see <see cref="Admission"/>.</summary>
public interface IAdmissionWaiter
{
    /// <summary>Publishers may go on. Called without locks on the thread that found it out: it must only queue itself.</summary>
    void OnAdmitted();
}
