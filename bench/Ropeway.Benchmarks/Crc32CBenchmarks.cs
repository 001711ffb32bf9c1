using BenchmarkDotNet.Attributes;
using Ropeway.Buffers;

namespace Ropeway.Benchmarks;

/// <summary>The checksum that every stored record carries.</summary>
[MemoryDiagnoser]
public class Crc32CBenchmarks
{
    private byte[] _bytes = [];

    /// <summary>Bytes under the checksum.</summary>
    [Params(16, 128, 1024, 16 * 1024)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Prepare() => _bytes = new byte[Length];

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes);

    [Benchmark]
    public uint ComputeSeeded() => Crc32C.Compute(seed: 42, _bytes);
}
