namespace Ropeway.Storage.Journaling;

/// <summary>What an appender asks the tail for.</summary>
internal readonly record struct BatchRequest
{
    public required BatchType Type { get; init; }

    public required int PayloadBytes { get; init; }

    public ulong LogId { get; init; }

    public long FirstOffset { get; init; }

    public int Count { get; init; }

    public byte Tag { get; init; }

    public byte Flags { get; init; }
}
