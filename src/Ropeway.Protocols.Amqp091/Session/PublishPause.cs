using System.Text;
using Ropeway.Core.Resources;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Stops reading from a connection that publishes while the broker asks publishers to wait, and tells its client
/// (connection.blocked, unblocked). Begun on the owner; ends on the thread pool.
/// </summary>
/// <remarks>
/// As in RabbitMQ the connection pauses as a whole, what was read so far still counts, and who does not publish notices
/// nothing. The frames go straight to the outbox: behind a confirm that waits for a full disk they would never leave.
/// </remarks>
internal sealed class PublishPause(AmqpSession session) : IAdmissionWaiter, IThreadPoolWorkItem
{
    private bool _isOn;

    /// <summary>The client wants to be told.</summary>
    public bool Notifies { get; set; }

    /// <summary>Whether nothing may be read.</summary>
    public bool IsOn => Volatile.Read(ref _isOn);

    private Admission Admission => session.Broker.Admission;

    /// <summary>Something was published: begins the pause if publishers have to wait. Owner only, no gate held.</summary>
    /// <returns>Whether nothing may be read now.</returns>
    public bool Begin()
    {
        string? reason = Admission.Reason;
        if (reason is null)
        {
            return false;
        }

        var blocked = new ConnectionBlocked { Reason = Encoding.ASCII.GetBytes(reason) };
        Span<byte> frame = stackalloc byte[blocked.GetFrameBytes()];
        blocked.Write(frame, channel: 0);
        Set(isOn: true, frame);
        if (Admission.Wait(this))
        {
            return true;
        }

        End();
        return false;
    }

    /// <summary>The connection is over.</summary>
    public void Close() => Admission.Forget(this);

    void IAdmissionWaiter.OnAdmitted() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        End();
        session.Outbox.Flush();
        session.Connection.Resume();
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
