using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ropeway.Core.Replies;

/// <summary>
/// Who waits for direct replies in one virtual host, by a token that nobody can guess: whoever knows it was sent a request.
/// Any thread. Survives nothing.
/// </summary>
public sealed class DirectReplies
{
    private readonly ConcurrentDictionary<UInt128, IReplyTarget> _targets = new();

    /// <summary>Adds a target.</summary>
    /// <returns>Its token: 128 random bits.</returns>
    public UInt128 Add(IReplyTarget target)
    {
        Span<byte> random = stackalloc byte[16];
        UInt128 token;
        do
        {
            RandomNumberGenerator.Fill(random);
            token = BinaryPrimitives.ReadUInt128BigEndian(random);
        }
        while (!_targets.TryAdd(token, target));

        return token;
    }

    /// <summary>The target of a token, if it still waits.</summary>
    public bool TryFind(UInt128 token, [NotNullWhen(true)] out IReplyTarget? target) => _targets.TryGetValue(token, out target);

    /// <summary>The target waits no more. Nothing happens when it is not there.</summary>
    public void Remove(UInt128 token) => _targets.TryRemove(token, out _);
}
