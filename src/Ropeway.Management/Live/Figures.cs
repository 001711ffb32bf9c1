namespace Ropeway.Management.Live;

/// <summary>Rounds what is shown, so that it does not change for nothing. Pure; any thread.</summary>
internal static class Figures
{
    /// <summary>A rate: two digits behind the point below 10, one below 1,000, none above.</summary>
    public static double Rate(double value) => Math.Round(value, value < 10 ? 2 : value < 1000 ? 1 : 0);

    /// <summary>Seconds: tenths below ten seconds, whole ones above.</summary>
    public static double Seconds(double value) => Math.Round(value, value < 10 ? 1 : 0);

    /// <summary>Seconds, or null.</summary>
    public static double? Seconds(double? value) => value is { } seconds ? Seconds(seconds) : null;
}
