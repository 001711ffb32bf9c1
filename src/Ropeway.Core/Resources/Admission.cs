namespace Ropeway.Core.Resources;

/// <summary>
/// Whether publishers may go on, and if not, why. Whoever publishes looks at it and waits by itself: nobody is stopped but
/// publishers, consumers make room meanwhile. Any thread; its lock is a leaf.
/// </summary>
public sealed class Admission
{
    private readonly Lock _gate = new();
    private HashSet<IAdmissionWaiter> _waiters = [];
    private volatile AdmissionCause _causes;

    /// <summary>What the broker is short of.</summary>
    public AdmissionCause Causes => _causes;

    /// <summary>Why publishers have to wait, in the words that RabbitMQ's clients know; null when they need not.</summary>
    public string? Reason => _causes switch
    {
        AdmissionCause.None => null,
        AdmissionCause.Memory => "low on memory",
        AdmissionCause.Disk => "low on disk",
        _ => "low on memory & disk",
    };

    /// <summary>A cause begins or ends. When the last one ends, all who wait are called.</summary>
    /// <returns>False when nothing has changed.</returns>
    public bool Set(AdmissionCause cause, bool holds)
    {
        HashSet<IAdmissionWaiter> admitted;
        lock (_gate)
        {
            AdmissionCause causes = holds ? _causes | cause : _causes & ~cause;
            if (causes == _causes)
            {
                return false;
            }

            _causes = causes;
            if (causes != AdmissionCause.None)
            {
                return true;
            }

            admitted = _waiters;
            _waiters = [];
        }

        foreach (IAdmissionWaiter waiter in admitted)
        {
            waiter.OnAdmitted();
        }

        return true;
    }

    /// <summary>Has the waiter called once when publishers may go on.</summary>
    /// <returns>False when they may now; the waiter is not called.</returns>
    public bool Wait(IAdmissionWaiter waiter)
    {
        lock (_gate)
        {
            if (_causes == AdmissionCause.None)
            {
                return false;
            }

            _waiters.Add(waiter);
            return true;
        }
    }

    /// <summary>The waiter has gone. A call that has begun may still come.</summary>
    public void Forget(IAdmissionWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
        }
    }
}
