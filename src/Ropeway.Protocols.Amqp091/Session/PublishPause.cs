using Ropeway.Core.Resources;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Stops reading from a connection that publishes while the broker or its virtual host asks publishers to wait, and tells its client
/// (connection.blocked, unblocked). Begun on the owner; ends on the thread pool.
/// </summary>
/// <remarks>
/// As in RabbitMQ the connection pauses as a whole, what was read so far still counts, and who does not publish notices
/// nothing. The frames go straight to the outbox: behind a confirm that waits for a full disk they would never leave.
/// </remarks>
internal sealed class PublishPause(AmqpSession session) : IAdmissionWaiter, IPoolWork
{
    private VirtualHost? _host; // Set by the first pause.
    private bool _isOn;
    private bool _isClosed;

    /// <summary>The client wants to be told.</summary>
    public bool Notifies { get; set; }

    /// <summary>Whether nothing may be read.</summary>
    public bool IsOn => Volatile.Read(ref _isOn);

    /// <summary>Why nothing may be read; null when it may. Any thread.</summary>
    public string? Reason => IsOn ? session.Broker.Admission.Reason ?? _host?.Admission.Reason : null;

    /// <summary>Something was published: begins the pause if publishers have to wait. Owner only, no gate held.</summary>
    /// <returns>Whether nothing may be read now.</returns>
    public bool Begin()
    {
        _host = session.Host;
        string? reason = session.Broker.Admission.Reason ?? _host.Admission.Reason;
        if (reason is null)
        {
            return false;
        }

        var blocked = new ConnectionBlocked { Reason = ProtocolError.Shorten(reason) };
        Span<byte> frame = stackalloc byte[blocked.GetFrameBytes()];
        blocked.Write(frame, channel: 0);
        Set(isOn: true, frame);
        if (TryWait())
        {
            return true;
        }

        End();
        return false;
    }

    /// <summary>The connection is over.</summary>
    public void Close()
    {
        Volatile.Write(ref _isClosed, true);
        Forget();
    }

    void IAdmissionWaiter.OnAdmitted() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <inheritdoc/>
    public void OnFault(Exception fault) => session.OnFault(fault);

    void IPoolWork.Run()
    {
        if (TryWait())
        {
            return; // Only one of both has room.
        }

        End();
        session.Outbox.Flush();
        session.Connection.Resume();
    }

    /// <returns>False when publishers may go on.</returns>
    private bool TryWait()
    {
        if (!session.Broker.Admission.Wait(this) && !_host!.Admission.Wait(this))
        {
            return false;
        }

        if (Volatile.Read(ref _isClosed))
        {
            Forget(); // It ended while we asked.
        }

        return true;
    }

    private void Forget()
    {
        session.Broker.Admission.Forget(this);
        _host?.Admission.Forget(this);
    }

    private void End()
    {
        Span<byte> frame = stackalloc byte[MethodFrame.BareBytes];
        MethodFrame.WriteBare(frame, channel: 0, MethodId.ConnectionUnblocked);
        Set(isOn: false, frame);
    }

    private void Set(bool isOn, ReadOnlySpan<byte> frame)
    {
        lock (session.Outbox.Gate)
        {
            Volatile.Write(ref _isOn, isOn);
            if (Notifies && !session.IsClosing)
            {
                frame.CopyTo(session.Outbox.GetSpan(frame.Length));
                session.Outbox.Advance(frame.Length);
            }
        }
    }
}
