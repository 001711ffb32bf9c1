using BenchmarkDotNet.Attributes;
using Ropeway.Storage;

namespace Ropeway.Benchmarks;

/// <summary>Finding a record by its offset, and keeping which offsets are settled; the unit is an offset.</summary>
[MemoryDiagnoser]
public class IndexBenchmarks : IDisposable
{
    private const int RecordCount = 100;
    private const int OffsetCount = 4096; // A power of two.
    private const int PayloadBytes = 128;
    private const int Window = 1000;

    private readonly long[] _offsets = new long[OffsetCount];
    private readonly OffsetSet _settled = new();
    private ScratchStore? _scratch;
    private StoredLog? _log;
    private LogReader? _reader;
    private long _settledEnd;

    /// <summary>Records that wait in the log.</summary>
    [Params(1_000, 100_000)]
    public int WaitingCount { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _scratch = new ScratchStore();
        _log = _scratch.Store.CreateTransientLog();
        lock (_log.Gate)
        {
            for (int batch = 0; batch < WaitingCount / RecordCount; batch++)
            {
                AppendSpace space = _log.BeginAppend(RecordCount, RecordCount * PayloadBytes, persistent: false, tag: 0);
                for (int record = 0; record < RecordCount; record++)
                {
                    space.Add(PayloadBytes).Clear();
                }

                space.Complete();
            }

            _reader = _log.OpenReader();
        }

        for (int index = 0; index < OffsetCount; index++)
        {
            _offsets[index] = index * 7919L % WaitingCount;
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader?.Dispose();
        _scratch?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = OffsetCount)]
    public int ReadInTurn() => Read(isInTurn: true);

    [Benchmark(OperationsPerInvoke = OffsetCount)]
    public int ReadAnywhere() => Read(isInTurn: false);

    /// <summary>As acknowledgements come that overtake each other within a window.</summary>
    [Benchmark(OperationsPerInvoke = Window)]
    public long SettleOutOfOrder()
    {
        for (int step = 0; step < Window; step++)
        {
            _settled.Add(_settledEnd + (step * 37L % Window));
        }

        _settledEnd += Window;
        return _settled.RemoveRange(0, _settledEnd);
    }

    private int Read(bool isInTurn)
    {
        int bytes = 0;
        lock (_log!.Gate)
        {
            for (int index = 0; index < OffsetCount; index++)
            {
                long offset = isInTurn ? index % WaitingCount : _offsets[index];
                bytes += _reader!.TryRead(offset, out RecordView record) == ReadStatus.Found
                    ? record.Payload.Length
                    : throw new InvalidOperationException($"Offset {offset} is not in the tail.");
            }

            _reader!.Unpin();
        }

        return bytes;
    }
}
