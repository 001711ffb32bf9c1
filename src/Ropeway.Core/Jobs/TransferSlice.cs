using System.Buffers;
using System.Diagnostics;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tracing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Jobs;

/// <summary>
/// Some messages of a job on their way: copied out of the source under its gate, published without any gate, settled there in the same
/// unit, so that after a crash each is in one place. Owned by one job.
/// </summary>
/// <param name="request">What the job is to do.</param>
/// <param name="tally">Counts it.</param>
internal sealed class TransferSlice(JobRequest request, JobTally tally)
{
    /// <summary>Most messages in a slice.</summary>
    public const int CountMax = 128;

    private const int BytesMax = 1 << 20;

    private readonly MessageWay _way = new(request);
    private readonly PublishBatch _batch = new();
    private readonly List<Copy> _copies = [];
    private readonly List<(int Item, RecentHistory History)> _histories = [];
    private readonly RangeList _settled = new();
    private readonly RangeList _kept = new();
    private readonly ArrayBufferWriter<byte> _memory = new();

    /// <summary>Messages in it.</summary>
    public int Count => _copies.Count;

    /// <summary>Whether no more should be added.</summary>
    public bool IsFull => _memory.WrittenCount >= BytesMax;

    /// <summary>Copies a message, whose external body stays until the slice has ended. Under the source's gate.</summary>
    public void Add(scoped in RecordView record)
    {
        request.Source.Log.HoldBody(record.BodyId);
        _copies.Add(new Copy(record.Offset, _memory.WrittenCount, record.Payload.Length + record.Shared.Length, record.BodyId));
        _memory.Write(record.Payload);
        _memory.Write(record.Shared);
    }

    /// <summary>Publishes the messages; those of a job that does not copy leave their queue at the same moment, and what no queue takes comes back to its place. No gate may be held.</summary>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    /// <returns>The index to wait for; 0 when there is none.</returns>
    public ulong Send(long nowMs)
    {
        try
        {
            return request.IsDryRun ? Weigh() : Publish(nowMs);
        }
        finally
        {
            End();
        }
    }

    private ulong Weigh()
    {
        foreach (Copy copy in _copies)
        {
            if (_way.Find(Read(copy)) is { } reason)
            {
                tally.Leave(reason);
            }
            else
            {
                tally.Do(TargetNames());
            }
        }

        return 0;
    }

    private ulong Publish(long nowMs)
    {
        var places = new List<(Copy Copy, int Item, string[] Targets)>();
        foreach (Copy copy in _copies)
        {
            if (_way.Find(Read(copy)) is { } reason)
            {
                tally.Leave(reason);
                _kept.Add(copy.Offset, copy.Offset + 1);
                continue;
            }

            places.Add((copy, Add(copy, nowMs), TargetNames()));
        }

        if (request.Source.Traced is not null)
        {
            places.ForEach(place => request.Source.Services.Tracing.Follow(_batch, place.Item, request.Source, place.Copy.Offset, OriginKind));
        }

        using AtomicUnit unit = request.Source.Services.BeginUnit();
        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            _batch.PublishToQueues(_memory.WrittenSpan, dispatch, unit);
            foreach ((_, int item) in _batch.Refused)
            {
                _batch[item].IsRejected = false; // Its queue gives it away itself.
            }

            foreach ((Copy copy, int item, string[] targets) in places)
            {
                bool isTaken = !_batch[item].IsRejected;
                (isTaken ? _settled : _kept).Add(copy.Offset, copy.Offset + 1);
                if (isTaken)
                {
                    tally.Do(targets);
                }
                else
                {
                    tally.Leave(LeaveReason.Refused);
                }
            }

            KeepHistories();
            if (_batch.Refused.Count > 0)
            {
                DeadLetterDesk.SendRefused(_batch, _memory.WrittenSpan, dispatch, unit);
            }

            Settle(unit);
            return unit.Complete();
        }
        finally
        {
            dispatch.Flush();
        }
    }

    /// <summary>After publishing: exchanges that keep the last messages get what has left.</summary>
    private void KeepHistories()
    {
        foreach ((int item, RecentHistory history) in _histories)
        {
            if (!_batch[item].IsRejected)
            {
                history.Keep(_batch[item], _memory.WrittenSpan);
            }
        }
    }

    private void Settle(AtomicUnit unit)
    {
        if (request.Kind == JobKind.Copy || request.Source is not SharedQueue source)
        {
            return;
        }

        lock (source.Log.Gate)
        {
            source.Withdrawals.Settle(_settled.AsSpan(), unit);
            if (source.Traced is not null)
            {
                source.Services.Tracing.NoteMoved(source, _settled.AsSpan(), request.Kind);
            }
        }
    }

    /// <summary>Lets go of everything; what was taken and did not leave is ready again. When sending has failed, the store or a queue is broken, and a restart gives it back.</summary>
    private void End()
    {
        lock (request.Source.Log.Gate)
        {
            foreach (Copy copy in _copies)
            {
                request.Source.Log.LetBodyGo(copy.BodyId);
            }

            if (request is { Kind: not JobKind.Copy, IsDryRun: false } && request.Source is SharedQueue source)
            {
                source.Withdrawals.Forget(_settled.AsSpan());
                source.Withdrawals.GiveBack(_kept.AsSpan());
            }
        }

        _copies.Clear();
        _settled.Clear();
        _kept.Clear();
        _batch.Clear();
        _histories.Clear();
        _memory.ResetWrittenCount();
    }

    private StoredMessage Read(in Copy copy) => StoredMessage.TryRead(_memory.WrittenSpan.Slice(copy.Start, copy.Bytes), out StoredMessage message)
        ? message
        : throw new UnreachableException($"Record {copy.Offset} passed its checksum but is no message.");

    private int Add(in Copy copy, long nowMs)
    {
        StoredMessage message = Read(copy);
        int place = _batch.Add();
        int exchangeStart = copy.Start + StoredMessage.HeadBytes;
        int routingKeyStart = exchangeStart + message.Exchange.Length;
        var item = new PublishItem
        {
            Head = message.Head with { TimestampMs = nowMs },
            BodyId = copy.BodyId,
            ExchangeStart = exchangeStart,
            ExchangeBytes = (byte)message.Exchange.Length,
            RoutingKeyStart = routingKeyStart,
            RoutingKeyBytes = (byte)message.RoutingKey.Length,
            PropertiesStart = routingKeyStart + message.RoutingKey.Length,
            PropertiesBytes = message.Properties.Length,
            BodyStart = copy.Start + message.BodyStart,
            BodyBytes = message.BodyBytes,
        };
        if (_way.Exchange is { } exchange)
        {
            (item.ExchangeStart, item.ExchangeBytes) = (Append(exchange), (byte)exchange.Length);
        }

        if (_way.RoutingKey is { } routingKey)
        {
            (item.RoutingKeyStart, item.RoutingKeyBytes) = (Append(routingKey), (byte)routingKey.Length);
        }

        _batch[place] = item;
        foreach (Queue queue in _way.Queues)
        {
            _batch.Route(place, queue);
        }

        foreach (RecentHistory history in _way.Histories)
        {
            _histories.Add((place, history));
        }

        return place;
    }

    private int Append(byte[] name)
    {
        int start = _memory.WrittenCount;
        _memory.Write(name);
        return start;
    }

    /// <summary>How the messages come into other queues, for the life lines of those that are traced.</summary>
    private StayOriginKind OriginKind => request.Kind switch
    {
        JobKind.Copy => StayOriginKind.Copied,
        JobKind.Redrive => StayOriginKind.Redriven,
        _ => StayOriginKind.Moved,
    };

    private string[] TargetNames()
    {
        var names = new string[_way.Queues.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = _way.Queues[i].Name;
        }

        return names;
    }

    /// <summary>A message as it lies in the memory.</summary>
    private readonly record struct Copy(long Offset, int Start, int Bytes, ulong BodyId);
}
