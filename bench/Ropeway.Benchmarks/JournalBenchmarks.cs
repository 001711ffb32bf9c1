using BenchmarkDotNet.Attributes;
using Ropeway.Storage;

namespace Ropeway.Benchmarks;

/// <summary>Appending batches of 64 records to a log and settling them; the unit is a record.</summary>
[MemoryDiagnoser]
public class JournalBenchmarks : IDisposable
{
    private const int RecordCount = 64;
    private const int GroupCount = 16;

    private readonly byte[] _payload = new byte[1024];
    private readonly CommitSignal _committed = new();
    private ScratchStore? _scratch;
    private StoredLog? _transient;
    private StoredLog? _durable;

    /// <summary>Bytes of each record.</summary>
    [Params(128, 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _scratch = new ScratchStore();
        _transient = _scratch.Store.CreateTransientLog();
        _durable = _scratch.Host.DeclareQueue(new("durable", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null)).Queue.Log;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _scratch?.Dispose();
        _committed.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = RecordCount)]
    public ulong AppendTransient() => AppendAndSettle(_transient!);

    [Benchmark(OperationsPerInvoke = RecordCount * GroupCount)]
    public void AppendAndCommit()
    {
        ulong index = 0;
        for (int batch = 0; batch < GroupCount; batch++)
        {
            index = AppendAndSettle(_durable!);
        }

        _committed.Wait(_scratch!.Store, index);
    }

    private ulong AppendAndSettle(StoredLog log)
    {
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(RecordCount, RecordCount * PayloadBytes, persistent: true, tag: 0);
            for (int record = 0; record < RecordCount; record++)
            {
                _payload.AsSpan(0, PayloadBytes).CopyTo(space.Add(PayloadBytes));
            }

            space.Complete();
            return log.Settle([new OffsetRange(space.FirstOffset, space.FirstOffset + RecordCount)]);
        }
    }
}
