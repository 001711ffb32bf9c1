using System.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Deduplication;

/// <summary>How a queue tells that it has had a message before; immutable.</summary>
/// <param name="HeaderUtf8">The header whose value is a message's id; without it the message-id counts.</param>
/// <param name="CountMax">Ids that are remembered at most; the oldest are forgotten first.</param>
/// <param name="WindowMs">How long an id is remembered, in milliseconds; null as long as there is room.</param>
internal sealed record DeduplicationRule(byte[] HeaderUtf8, int CountMax, long? WindowMs)
{
    /// <summary>Argument that switches it on.</summary>
    public const string SwitchArgument = "x-message-deduplication";

    /// <summary>Argument that names the header.</summary>
    public const string HeaderArgument = "x-deduplication-header";

    /// <summary>Argument for <see cref="CountMax"/>.</summary>
    public const string CountArgument = "x-cache-size";

    /// <summary>Argument for <see cref="WindowMs"/>.</summary>
    public const string WindowArgument = "x-cache-ttl";

    /// <summary>Ids that are remembered unless the queue says otherwise.</summary>
    public const int CountDefault = 100_000;

    /// <summary>Most ids that a queue may ask to have remembered.</summary>
    public const int CountHighest = 10_000_000;

    /// <summary>Reads it from a queue's arguments, which were checked.</summary>
    /// <returns>Null when the queue takes everything.</returns>
    public static DeduplicationRule? From(FieldTable? arguments)
    {
        if (arguments is null || !arguments.TryGet(SwitchArgument, out object? isOn) || isOn is not true)
        {
            return null;
        }

        string header = arguments.TryGetString(HeaderArgument, out string? named) ? named : HeaderArgument;
        int count = arguments.TryGetInteger(CountArgument, out long countMax) ? (int)countMax : CountDefault;
        return new DeduplicationRule(Encoding.UTF8.GetBytes(header), count, arguments.TryGetInteger(WindowArgument, out long windowMs) ? windowMs : null);
    }
}
