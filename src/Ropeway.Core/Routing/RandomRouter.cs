using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ropeway.Core.Routing;

/// <summary>One binding at random, each as likely as the others.</summary>
internal sealed class RandomRouter : OneOfRouter
{
    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private ulong _turn;

    /// <inheritdoc/>
    public override bool IsKeyDecisive => false;

    /// <inheritdoc/>
    protected override string Chooser => "chance: the next message may go elsewhere";

    /// <inheritdoc/>
    protected override int Choose(in RouteRequest request, int count) => (int)(StableHash.Combine(_seed, Interlocked.Increment(ref _turn)) % (ulong)count);
}
