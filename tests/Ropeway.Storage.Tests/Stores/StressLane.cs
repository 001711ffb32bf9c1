namespace Ropeway.Storage.Tests.Stores;

/// <summary>One log under stress: a producer, a consumer that reads ahead, settles in any order and leaves some records stuck, and a browser.</summary>
internal sealed class StressLane : IDisposable
{
    private const int WindowCount = 300;

    private readonly Store _store;
    private readonly SeededRandom _produce;
    private readonly SeededRandom _consume;
    private readonly SeededRandom _browse;
    private readonly bool _persistent;
    private readonly int _messageCount;
    private readonly ManualResetEventSlim _work = new();
    private readonly List<long> _window = [];
    private volatile bool _isProduced;
    private volatile bool _isConsumed;

    public StressLane(Store store, StoredLog log, ulong seed, bool persistent, int messageCount)
    {
        _store = store;
        Log = log;
        _produce = new SeededRandom(seed);
        _consume = new SeededRandom(seed + 1);
        _browse = new SeededRandom(seed + 2);
        _persistent = persistent;
        _messageCount = messageCount;
    }

    public StoredLog Log { get; }

    /// <summary>Offsets that are never settled.</summary>
    public HashSet<long> Stuck { get; } = [];

    public ulong LastIndex { get; private set; }

    public void Produce()
    {
        try
        {
            ProduceAll();
        }
        finally
        {
            _isProduced = true;
            _work.Set();
        }
    }

    public void Consume()
    {
        try
        {
            ConsumeAll();
        }
        finally
        {
            _isConsumed = true;
        }
    }

    /// <summary>Reads records here and there, also those that the consumer settles meanwhile.</summary>
    public void Browse()
    {
        using LoadWait wait = new();
        LogReader reader = Open();
        while (!_isConsumed)
        {
            bool isCold = false;
            lock (Log.Gate)
            {
                long span = Log.EndOffset - Log.StartOffset;
                long offset = span == 0 ? 0 : Log.NextUnsettled(Log.StartOffset + _browse.Next((int)span));
                switch (reader.TryRead(offset, out RecordView record))
                {
                    case ReadStatus.Found:
                        StoreRig.Check(Log, record);
                        break;
                    case ReadStatus.Cold:
                        reader.Load(offset, wait);
                        isCold = true;
                        break;
                    case ReadStatus.Damaged:
                        Assert.Fail($"Offset {offset} of log {Log.Id} is damaged: {Log.Quarantine}");
                        break;
                    default:
                        break;
                }

                reader.Unpin();
            }

            if (isCold)
            {
                wait.Wait();
            }
        }

        lock (Log.Gate)
        {
            reader.Dispose();
        }
    }

    public void Dispose() => _work.Dispose();

    private void ProduceAll()
    {
        for (int sent = 0; sent < _messageCount;)
        {
            StoreRig.WaitForRoom(_store);
            int count = 1 + _produce.Next(20);
            int bytes = _produce.Next(_produce.Chance(5) ? 40_000 / count : 300);
            byte tag = (byte)(_produce.Chance(10) ? 1 : 0);
            ulong index = _persistent && _produce.Chance(30)
                ? SharedRecords.Append([Log], count, bytes, number: sent, tag)
                : StoreRig.Append(Log, count, bytes, _persistent, tag);
            lock (Log.Gate)
            {
                LastIndex = Math.Max(LastIndex, index);
            }

            sent += count;
            _work.Set();
        }
    }

    private void ConsumeAll()
    {
        using LoadWait wait = new();
        LogReader reader = Open();
        long next = 0;
        while (true)
        {
            bool isDone = _isProduced;
            _work.Reset();
            if (!Deliver(reader, wait, ref next, out bool isCold) && isDone && !isCold)
            {
                break;
            }

            if (isCold)
            {
                wait.Wait();
            }
            else
            {
                SettleSome(_window.Count > WindowCount ? WindowCount / 2 : _consume.Next(20));
                if (!_isProduced)
                {
                    _work.Wait(5);
                }
            }

            if (isCold || _window.Count < WindowCount)
            {
                continue;
            }

            SettleSome(WindowCount / 2);
        }

        SettleSome(int.MaxValue);
        lock (Log.Gate)
        {
            reader.Dispose();
        }
    }

    private LogReader Open()
    {
        lock (Log.Gate)
        {
            return Log.OpenReader();
        }
    }

    private bool Deliver(LogReader reader, LoadWait wait, ref long next, out bool isCold)
    {
        isCold = false;
        bool isProgress = false;
        lock (Log.Gate)
        {
            for (int i = 0; i < 100 && (next = Log.NextUnsettled(next)) < Log.EndOffset; i++)
            {
                ReadStatus status = reader.TryRead(next, out RecordView record);
                if (status == ReadStatus.Cold)
                {
                    isCold = true;
                    reader.Load(next, wait);
                    break;
                }

                Assert.True(status == ReadStatus.Found, $"Offset {next} of log {Log.Id} is {status}: {Log.Quarantine}");
                StoreRig.Check(Log, record);
                _window.Add(next++);
                isProgress = true;
            }

            reader.Unpin();
        }

        return isProgress;
    }

    private void SettleSome(int count)
    {
        lock (Log.Gate)
        {
            while (count-- > 0 && _window.Count > 0)
            {
                int at = _consume.Next(Math.Min(_window.Count, 40));
                long offset = _window[at];
                _window.RemoveAt(at);
                if (_consume.Next(400) == 0)
                {
                    Stuck.Add(offset);
                }
                else
                {
                    LastIndex = Math.Max(LastIndex, Log.Settle([new OffsetRange(offset, offset + 1)]));
                }
            }
        }
    }
}
