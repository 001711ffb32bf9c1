namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>A method of AMQP 0-9-1: a view of its arguments that reads and writes them. Lives on the stack; any thread.</summary>
/// <typeparam name="TSelf">The method itself.</typeparam>
/// <remarks>
/// Strings are spans of the bytes they were read from (dead when these are given back), tables are raw with their 4-byte length.
/// Whole frames are written by <see cref="MethodFrame"/>.
/// </remarks>
public interface IMethod<TSelf>
    where TSelf : struct, IMethod<TSelf>, allows ref struct
{
    /// <summary>Class and method number.</summary>
    static abstract MethodId Id { get; }

    /// <summary>Exact bytes of the arguments as written.</summary>
    int ArgumentBytes { get; }

    /// <summary>Reads the arguments of a method frame; allocates nothing.</summary>
    /// <param name="arguments">The payload after class and method id, whole.</param>
    /// <param name="method">The method; undefined when false is returned.</param>
    /// <returns>False when a field runs over the end, bytes are left over, or a name is not UTF-8.</returns>
    static abstract bool TryRead(ReadOnlySpan<byte> arguments, out TSelf method);

    /// <summary>Writes exactly <see cref="ArgumentBytes"/> bytes into the open frame.</summary>
    /// <param name="writer">A writer with a method frame begun.</param>
    void WriteArguments(ref FrameWriter writer);
}
