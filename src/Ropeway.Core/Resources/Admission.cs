namespace Ropeway.Core.Resources;

/// <summary>
/// Whether publishers may go on, and if not, why: the broker has one for all, each virtual host one for its own. Whoever publishes
/// looks at both and waits by itself: nobody is stopped but publishers, consumers make room meanwhile. Any thread; its lock is a leaf.
/// </summary>
public sealed class Admission
{
    private readonly Lock _gate = new();
    private HashSet<IAdmissionWaiter> _waiters = [];
    private volatile AdmissionCause _causes;
    private volatile string? _reason;

    /// <summary>What makes publishers wait.</summary>
    public AdmissionCause Causes => _causes;

    /// <summary>Why publishers have to wait, in the words that RabbitMQ's clients know; null when they need not.</summary>
    public string? Reason => _reason;

    /// <summary>A cause begins or ends. When the last one ends, all who wait are called.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="holds">Whether it holds from now on.</param>
    /// <param name="reason">What to tell whoever has to wait; null for the words that RabbitMQ has for the causes that hold.</param>
    /// <returns>False when no cause has begun or ended.</returns>
    public bool Set(AdmissionCause cause, bool holds, string? reason = null)
    {
        HashSet<IAdmissionWaiter> admitted;
        lock (_gate)
        {
            AdmissionCause causes = holds ? _causes | cause : _causes & ~cause;
            _reason = causes == AdmissionCause.None ? null : reason ?? Describe(causes);
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

    private static string Describe(AdmissionCause causes) => causes switch
    {
        AdmissionCause.Memory => "low on memory",
        AdmissionCause.Disk => "low on disk",
        AdmissionCause.Memory | AdmissionCause.Disk => "low on memory & disk",
        _ => "too many messages",
    };
}
