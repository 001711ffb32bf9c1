using System.Text.RegularExpressions;
using Ropeway.Tests;
using YamlDotNet.RepresentationModel;

namespace Ropeway.Server.Tests.Pages;

/// <summary>The alert rules in <c>deploy/alerts.yml</c> have Prometheus' shape and are about metrics that a broker has.</summary>
public sealed partial class AlertRuleTests
{
    private static readonly string[] Fields = ["alert", "expr", "for", "labels", "annotations"];
    private static readonly string[] Needed = ["alert", "expr", "labels", "annotations"];

    [Fact]
    public void Rules_All_HaveTheirFieldsAndAreInThePage()
    {
        string page = Page.At("docs/operations/monitoring.md").Text;
        Assert.All(ReadRules(), rule =>
        {
            string[] names = [.. rule.Children.Keys.Select(key => key.ToString())];
            Assert.Subset(Fields.ToHashSet(StringComparer.Ordinal), names.ToHashSet(StringComparer.Ordinal));
            Assert.Superset(Needed.ToHashSet(StringComparer.Ordinal), names.ToHashSet(StringComparer.Ordinal));
            Assert.Contains($"`{rule["alert"]}`", page, StringComparison.Ordinal);
            Assert.Contains(rule["labels"]["severity"].ToString(), (string[])["critical", "warning"]);
            Assert.NotEmpty(rule["annotations"]["summary"].ToString());
            Assert.True(!rule.Children.ContainsKey("for") || Duration().IsMatch(rule["for"].ToString()), rule["alert"].ToString());
        });
    }

    [Fact]
    public async Task Metrics_InRulesAndThePage_AreServed()
    {
        string directory = Directory.CreateTempSubdirectory("ropeway-metrics-").FullName;
        string[] served = [.. Family().Matches(await ReadMetricsAsync(directory)).Select(match => match.Groups["name"].Value)];
        Directory.Delete(directory, recursive: true);
        string text = Page.At("docs/operations/monitoring.md").Text.Split("<!-- not served -->")[0] + string.Join('\n', ReadRules().Select(rule => rule["expr"].ToString()));
        string[] named = [.. Metric().Matches(text).Select(match => HistogramPart().Replace(match.Value, string.Empty)).Distinct(StringComparer.Ordinal)];
        Assert.True(named.Length > 10, "The metrics are not found any more.");
        Assert.Empty(named.Except(served, StringComparer.Ordinal));
    }

    private static IEnumerable<YamlMappingNode> ReadRules()
    {
        var yaml = new YamlStream();
        using var text = new StreamReader(Path.Combine(RepositoryRoot.Path, "deploy", "alerts.yml"));
        yaml.Load(text);
        YamlNode groups = yaml.Documents.Single().RootNode["groups"];
        return ((YamlSequenceNode)groups).SelectMany(group => (YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>();
    }

    private static async Task<string> ReadMetricsAsync(string directory)
    {
        var stop = new TaskCompletionSource<string>();
        using var output = new LineWriter();
        var options = new ServerOptions
        {
            DataDirectory = directory,
            Listen = [ListenUrl.Parse("metrics://127.0.0.1:0")],
            LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
        };
        Task<int> run = Task.Run(() => new ServerHost(options, Composition.Compose, TimeProvider.System, output).RunAsync(stop.Task));
        string address = (await output.NextLineAsync()).Split(' ')[^1];
        using var client = new HttpClient();
        string text = await client.GetStringAsync(new Uri(address.Replace("metrics://", "http://", StringComparison.Ordinal) + "/metrics"));
        stop.SetResult("the test is over");
        await run;
        return text;
    }

    [GeneratedRegex(@"^# TYPE (?<name>\S+) ", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"\b(?:rabbitmq|ropeway)_\w+")]
    private static partial Regex Metric();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex("^[0-9]+[smhd]$")]
    private static partial Regex Duration();
}
