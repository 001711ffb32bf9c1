using System.Globalization;

namespace Ropeway.TestKit.Long;

/// <summary>Something measured.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The value.</param>
/// <param name="Unit">Its unit.</param>
public sealed record Figure(string Name, double Value, string Unit)
{
    /// <summary>The goal when higher is better; null when there is none.</summary>
    public double? AtLeast { get; init; }

    /// <summary>The goal when lower is better; null when there is none.</summary>
    public double? AtMost { get; init; }

    /// <summary>True unless a goal is missed.</summary>
    public bool IsMet => !(Value < AtLeast) && !(Value > AtMost);

    /// <inheritdoc/>
    public override string ToString()
    {
        string goal = AtLeast is not null ? $" (goal: at least {Number(AtLeast.Value)})" : AtMost is not null ? $" (goal: at most {Number(AtMost.Value)})" : "";
        return $"{Name}: {Number(Value)} {Unit}{goal}{(IsMet ? "" : " MISSED")}";
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture);
}
