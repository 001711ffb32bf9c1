using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine;

/// <summary>One run of one command: its arguments, the broker, where results and everything else go. One caller at a time.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly GlobalOptions _options;
    private readonly Lazy<BrokerClient> _broker;
    private readonly Lazy<ClientSettings> _settings;

    /// <summary>Makes a run; nothing is asked yet.</summary>
    public CommandRun(ParseResult parsed, GlobalOptions options, Surroundings surroundings)
    {
        Parsed = parsed;
        Surroundings = surroundings;
        _options = options;
        Style = ReadStyle();
        ColumnNames = parsed.GetValue(options.Columns);
        _settings = new Lazy<ClientSettings>(() => ClientSettings.Read(parsed, options, surroundings));
        _broker = new Lazy<BrokerClient>(Connect);
    }

    /// <summary>What was typed.</summary>
    public ParseResult Parsed { get; }

    /// <summary>Everything outside.</summary>
    public Surroundings Surroundings { get; }

    /// <summary>How results look.</summary>
    public OutputStyle Style { get; }

    /// <summary>Which broker, as whom.</summary>
    public ClientSettings Settings => _settings.Value;

    /// <summary>The broker.</summary>
    public BrokerClient Broker => _broker.Value;

    /// <summary>The password; asked for when it is not known.</summary>
    /// <exception cref="ClientException">It is not known and nobody can answer.</exception>
    public string Password => field ??= Settings.Password ?? AskPassword();

    /// <summary>Results.</summary>
    public TextWriter Output => Surroundings.Output;

    /// <summary>Writes results.</summary>
    public ListingWriter Results => new(Output, Style);

    /// <summary>The virtual host.</summary>
    public string VirtualHost => Settings.VirtualHost;

    /// <summary>Whether nothing may be changed.</summary>
    public bool IsDryRun => Parsed.GetValue(_options.DryRun);

    /// <summary>Whether questions are answered with yes.</summary>
    public bool IsYes => Parsed.GetValue(_options.Yes);

    /// <summary>Whether results are for programs.</summary>
    public bool IsForPrograms => Style.Form is OutputForm.Json or OutputForm.JsonLines or OutputForm.Csv;

    /// <summary>What <c>--columns</c> says.</summary>
    public string? ColumnNames { get; set; }

    /// <summary>An argument's or option's value.</summary>
    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>An argument's value.</summary>
    public T Get<T>(Argument<T> argument) => Parsed.GetValue(argument)!;

    /// <summary>Says something that is no result.</summary>
    public void Note(string text)
    {
        if (!Parsed.GetValue(_options.Quiet))
        {
            Surroundings.Error.WriteLine(RawText.InLine(text));
        }
    }

    /// <summary>Says that a change was made; silent in a dry run, which has told already.</summary>
    public void Done(string text)
    {
        if (!IsDryRun)
        {
            Note(text);
        }
    }

    /// <summary>The rows that <c>--where</c>, <c>--sort</c> and <c>--limit</c> ask for.</summary>
    public Listing Select(Listing listing) => Filter(listing).Sort(Parsed.GetValue(_options.Sort)).Limit(Limit);

    /// <summary>The rows that <c>--where</c> asks for.</summary>
    public Listing Filter(Listing listing) => listing.Where(Parsed.GetValue(_options.Where) ?? []);

    /// <summary>Whether rows are chosen here, so that more of them must be read than are shown.</summary>
    public bool IsSelecting => Parsed.GetValue(_options.Where) is { Length: > 0 } || Parsed.GetValue(_options.Sort) is not null;

    /// <summary>Filters, sorts, bounds and writes rows, and says below a table how many there are.</summary>
    /// <param name="listing">All rows.</param>
    /// <param name="noun">What the rows are, in the plural.</param>
    /// <param name="place">Where, for example <c>in vhost /</c>; or empty.</param>
    public int Write(Listing listing, string noun, string place = "")
    {
        Listing found = Select(listing);
        int hidden = Results.Write(found, ColumnNames);
        if (Style.Form == OutputForm.Table)
        {
            string of = found.Rows.Count == listing.TotalCount ? string.Empty : $" of {ValueText.Count(listing.TotalCount)}";
            string count = found.Rows.Count == 0 && listing.TotalCount == 0 ? "No" : ValueText.Count(found.Rows.Count);
            Surroundings.Flush(); // The line belongs below the table.
            string counted = found.Rows.Count == 1 && of.Length == 0 ? SingularOf(noun) : noun;
            Note($"{count}{of} {counted}{(place.Length == 0 ? string.Empty : " " + place)}{(hidden > 0 ? $"; {Commands.Lookup.Count(hidden, "column")} without room, --columns chooses" : string.Empty)}");
        }

        return ClientExitCode.Done;
    }

    private static string SingularOf(string noun) => noun.EndsWith("ies", StringComparison.Ordinal) ? noun[..^3] + "y" : noun.TrimEnd('s');

    /// <summary>Writes one object.</summary>
    public int WriteDetail(JsonElement row, IReadOnlyList<Column> columns)
    {
        Results.WriteDetail(row, columns, ColumnNames);
        return ClientExitCode.Done;
    }

    /// <summary>The value of <c>--limit</c>.</summary>
    /// <exception cref="ClientException">It is below zero.</exception>
    public int? Limit => Parsed.GetValue(_options.Limit) is var limit && limit is null or >= 0 ? limit : throw ClientException.Usage($"--limit: bad value '{limit}': a whole number from 0 on is expected");

    /// <summary>How long the broker may take to begin an answer that costs it work: what <c>--timeout</c> says, else this.</summary>
    public TimeSpan TimeoutOr(TimeSpan usual) => Parsed.GetValue(_options.Timeout) is null ? usual : Settings.Timeout;

    /// <summary>Time between repetitions, or null.</summary>
    public TimeSpan? Watch => Parsed.GetValue(_options.Watch) is { } text ? DurationText.Parse("--watch", text) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_broker.IsValueCreated)
        {
            _broker.Value.Dispose();
        }
    }

    private OutputStyle ReadStyle()
    {
        bool isTerminal = Surroundings.IsOutputTerminal && Surroundings.Variable("TERM") != "dumb";
        OutputForm form = true switch
        {
            _ when Parsed.GetValue(_options.Json) => OutputForm.Json,
            _ when Parsed.GetValue(_options.JsonLines) => OutputForm.JsonLines,
            _ when Parsed.GetValue(_options.Csv) => OutputForm.Csv,
            _ when Parsed.GetValue(_options.Plain) || !isTerminal => OutputForm.Plain,
            _ => OutputForm.Table,
        };
        bool hasColor = isTerminal && !Parsed.GetValue(_options.NoColor) && string.IsNullOrEmpty(Surroundings.Variable("NO_COLOR"));
        return new OutputStyle(form, Parsed.GetValue(_options.Header), hasColor, form == OutputForm.Table ? Surroundings.TerminalSize().Columns : 80) { IsTerminal = Surroundings.IsOutputTerminal };
    }

    private BrokerClient Connect()
    {
        bool isVerbose = Parsed.GetValue(_options.Verbose) || Parsed.GetValue(_options.VeryVerbose);
        return new BrokerClient(Settings, Password, Surroundings.Handler(), Surroundings.Time)
        {
            OnRequest = isVerbose ? text => Surroundings.Error.WriteLine(RawText.InLine(text)) : null,
            OnDryRun = IsDryRun ? text => Output.WriteLine(RawText.InLine("would " + text)) : null,
        };
    }

    private string AskPassword() => Surroundings.IsInputTerminal
        ? Terminal.SecretPrompt.Ask(Surroundings, $"Password of {Settings.User}: ")
        : throw new ClientException(ClientExitCode.Forbidden, $"the password of {Settings.User} is not known", "ROPEWAY_PASSWORD or --password-file gives it");
}
