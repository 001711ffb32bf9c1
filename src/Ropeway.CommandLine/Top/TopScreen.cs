using System.Globalization;
using System.Text.Json;
using Ropeway.CommandLine.Commands;
using Ropeway.CommandLine.Output;

namespace Ropeway.CommandLine.Top;

/// <summary>Makes the lines of <c>ropeway top</c>. Keeps the last rates for the small curves; one caller at a time.</summary>
internal sealed class TopScreen
{
    private const int CurveCells = 8;
    private const int BarCells = 12;
    private const string Levels = "▁▂▃▄▅▆▇█";

    private readonly List<double> _in = [];
    private readonly List<double> _out = [];

    private const int FindingLines = 3;

    /// <summary>Lines that are no rows at least.</summary>
    public const int FrameLines = 6;

    /// <summary>Notes the rates of a new moment.</summary>
    public void Add(TopSnapshot snapshot)
    {
        Add(_in, RateOf(snapshot, "publish_details"));
        Add(_out, RateOf(snapshot, "deliver_get_details"));
    }

    /// <summary>The lines of a moment, none wider than the terminal, and not more than it has.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="state">What the user has chosen.</param>
    /// <param name="trouble">Why there is nothing newer, or null.</param>
    /// <param name="columns">Cells of a line.</param>
    /// <param name="rows">Lines of the terminal.</param>
    public IReadOnlyList<string> Lines(TopSnapshot snapshot, TopState state, string? trouble, int columns, int rows)
    {
        JsonElement totals = Member(snapshot.Overview, "queue_totals");
        var lines = new List<string>
        {
            Ends(Title(snapshot), $"{snapshot.Time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC{(state.IsPaused ? " paused" : string.Empty)}", columns),
            $"in {ValueText.Rate(_in[^1])}/s {Curve(_in)}   out {ValueText.Rate(_out[^1])}/s {Curve(_out)}   waiting {ValueText.Count(totals.Long("messages_ready"))}   held {ValueText.Count(totals.Long("messages_unacknowledged"))}",
            NodeLine(snapshot.Node),
            trouble ?? Alarm(snapshot.Node),
        };
        lines.AddRange(snapshot.Findings.Take(FindingLines).Select(Describe));
        bool isOfQueues = state.View == TopView.Queues;
        var table = TableText.Of(snapshot.Rows, isOfQueues ? TopColumns.Queues : TopColumns.Connections, columns, isOfQueues ? TopColumns.SortedBy(state).Name : "channels");
        lines.Add(table.Header);
        lines.AddRange(table.Rows.Take(Math.Max(0, rows - 1 - lines.Count)));
        while (lines.Count < rows - 1)
        {
            lines.Add(string.Empty);
        }

        lines.Add("[q]uit  q[u]eues  [c]onnections  [s]ort  [space] pause");
        return [.. lines.Take(rows).Select(line => CellText.Cut(line, columns, inMiddle: false))];
    }

    private static void Add(List<double> values, double value)
    {
        values.Add(value);
        if (values.Count > CurveCells)
        {
            values.RemoveAt(0);
        }
    }

    private static double RateOf(TopSnapshot snapshot, string name) =>
        Member(Member(Member(snapshot.Overview, "message_stats"), name), "rate") is { ValueKind: JsonValueKind.Number } rate ? rate.GetDouble() : 0;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : default;

    private static string Title(TopSnapshot snapshot)
    {
        string up = snapshot.Node.ValueKind == JsonValueKind.Object ? $"  up {ValueText.Duration(TimeSpan.FromMilliseconds(snapshot.Node.Long("uptime")))}" : string.Empty;
        return $"ropeway {RawText.InLine(snapshot.Overview.Text("node"))}{up}  {Lookup.Count(Member(snapshot.Overview, "object_totals").Long("connections"), "connection")}";
    }

    private static string NodeLine(JsonElement node)
    {
        if (node.ValueKind != JsonValueKind.Object)
        {
            return string.Empty;
        }

        double limit = node.Long("mem_limit");
        string memory = limit > 0 ? $"mem {Bar(node.Long("mem_used") / limit)}" : $"mem {ValueText.Bytes(node.Long("mem_used"))}";
        return $"{memory}   disk {ValueText.Bytes(node.Long("disk_free"))} free, publishers wait below {ValueText.Bytes(node.Long("disk_free_limit"))}";
    }

    private static string Alarm(JsonElement node) => (node.Text("mem_alarm"), node.Text("disk_free_alarm")) switch
    {
        ("true", _) => "!! publishers wait: memory is short",
        (_, "true") => "!! publishers wait: disk is short",
        _ => string.Empty,
    };

    private static string Describe(JsonElement finding)
    {
        string mark = finding.Text("severity") switch
        {
            "bad" => "!!",
            "warn" => "! ",
            _ => "  ",
        };
        string cause = finding.Text("cause") is { Length: > 0 } text ? $" ({text})" : string.Empty;
        return RawText.InLine($"{mark} {finding.Text("name")}  {finding.Text("fact")}{cause}");
    }

    private static string Bar(double share)
    {
        int filled = (int)Math.Round(Math.Clamp(share, 0, 1) * BarCells);
        return $"{new string('█', filled)}{new string('░', BarCells - filled)} {Math.Round(share * 100).ToString(CultureInfo.InvariantCulture)} %";
    }

    private static string Curve(List<double> values)
    {
        double highest = Math.Max(values.Max(), 1e-9);
        return string.Concat(values.Select(value => Levels[(int)Math.Round(value / highest * (Levels.Length - 1))])).PadLeft(CurveCells);
    }

    private static string Ends(string left, string right, int columns) =>
        left + new string(' ', Math.Max(2, columns - CellText.Width(left) - CellText.Width(right))) + right;
}
