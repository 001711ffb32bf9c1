using System.Globalization;
using Ropeway.Messages;

namespace Ropeway.CommandLine.Commands;

/// <summary>What is to be consumed.</summary>
/// <param name="Queue">From which queue.</param>
/// <param name="CountMax">How many messages at most.</param>
/// <param name="IsRaw">Whether nothing stands between the bodies.</param>
/// <param name="Offset">Where to begin in a stream, or null.</param>
internal sealed record Consumption(string Queue, long CountMax, bool IsRaw, string? Offset)
{
    /// <summary>The consumer's arguments.</summary>
    public FieldTable Arguments
    {
        get
        {
            var arguments = new FieldTable();
            if (Offset is not null)
            {
                arguments.Add("x-stream-offset", long.TryParse(Offset, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : Offset);
            }

            return arguments;
        }
    }
}
