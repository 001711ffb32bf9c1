using System.Globalization;

namespace Ropeway.Server.Upkeep;

/// <summary>The upkeep commands' output for people. Pure.</summary>
internal static class UpkeepText
{
    /// <summary>Writes all that is whole, then a paragraph for each damage, then what to do.</summary>
    public static void Write(TextWriter output, DirectoryView view)
    {
        output.WriteLine(Invariant($"{view.Directory}: format {view.Format}, {Count(view.Checkpoints, "valid checkpoint")}"));
        output.WriteLine(Invariant($"  journal   {Count(view.JournalBatches, "whole batch", "whole batches")}, {view.JournalBytes:N0} bytes read"));
        output.WriteLine(Invariant($"  segments  {view.Segments:N0} with {Count(view.SegmentBatches, "whole batch", "whole batches")}"));
        output.WriteLine(Invariant($"  bodies    {view.Bodies:N0} whole"));
        output.WriteLine(Invariant($"  logs      {view.Logs:N0} with {Count(view.Records, "message")} that can be read"));
        if (view.TornBytes > 0)
        {
            output.WriteLine(Invariant($"  The last {view.TornBytes:N0} bytes were cut short by a crash; nobody was told that they were safe."));
        }

        if (view.UnreadableDefinitions > 0)
        {
            output.WriteLine(Invariant($"  {Count(view.UnreadableDefinitions, "definition")} cannot be read; a start refuses them."));
        }

        foreach (DamageView damage in view.Damages)
        {
            Write(output, damage);
        }

        output.WriteLine(view.IsWhole
            ? "whole"
            : Invariant($"damaged: {Count(view.Damages.Count, "place")}, {Count(view.LostRecords, "message")} lost{Advice(view)}"));
    }

    private static void Write(TextWriter output, DamageView damage)
    {
        output.WriteLine(Invariant($"{damage.File} at {damage.Position:N0}, {damage.Bytes:N0} bytes: {damage.Text}{(damage.IsRefused ? " (a start is refused)" : string.Empty)}"));
        foreach (VictimView victim in damage.Victims)
        {
            output.WriteLine($"  {Describe(victim)}");
        }

        if (damage.Loss is not null)
        {
            output.WriteLine($"  not known: {damage.Loss}");
        }

        if (damage.Victims.Count == 0 && damage.Loss is null)
        {
            output.WriteLine("  nothing is lost");
        }
    }

    private static string Describe(VictimView victim)
    {
        if (victim.Record == "metadata")
        {
            return "a change of definitions";
        }

        string whose = victim.Content switch
        {
            "messages" => $"queue '{victim.Queue}' of virtual host '{victim.VirtualHost}'",
            "ids" => $"ids seen by queue '{victim.Queue}' of virtual host '{victim.VirtualHost}'",
            "delayed-messages" => $"delayed messages of virtual host '{victim.VirtualHost}'",
            _ => "a log that no definition names",
        };
        string log = Invariant($"{whose} (log {victim.LogId})");
        return victim.Record switch
        {
            "messages" => Invariant($"{log}: offsets {victim.FirstOffset} to {victim.EndOffset - 1}, {Count(victim.LostCount, "message")} lost"),
            "settle" => Invariant($"{log}: a settlement from offset {victim.FirstOffset} on is lost; what it settled is delivered again"),
            _ => Invariant($"{log}: a {victim.Record} record at offset {victim.FirstOffset} is lost"),
        };
    }

    private static string Advice(DirectoryView view) => view.Damages.Any(damage => damage.Loss is not null)
        ? "; restore a backup, or 'ropeway repair --accept-loss' gives up what nobody can name"
        : "; 'ropeway repair' brings the rest back into service";

    private static string Count(long count, string one, string? many = null) => Invariant($"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
