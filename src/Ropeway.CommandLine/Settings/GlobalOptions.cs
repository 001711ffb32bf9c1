using System.CommandLine;

namespace Ropeway.CommandLine.Settings;

/// <summary>The options that every command which asks a broker has. One for a command tree.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Address of the management API.</summary>
    public Option<string?> Url { get; } = Hidden<string?>("--url", "ADDRESS", "the broker's HTTP address [http://127.0.0.1:15672, ROPEWAY_URL]");

    /// <summary>User name.</summary>
    public Option<string?> User { get; } = Hidden<string?>("--user", "NAME", "user name [guest, ROPEWAY_USER]");

    /// <summary>Password; other processes can read it.</summary>
    public Option<string?> Password { get; } = Hidden<string?>("--password", "TEXT", "password; others can see it: better ROPEWAY_PASSWORD, a file, or the prompt");

    /// <summary>File with the password.</summary>
    public Option<string?> PasswordFile { get; } = Hidden<string?>("--password-file", "FILE", "file with the password, readable by its owner only");

    /// <summary>Virtual host.</summary>
    public Option<string?> VirtualHost { get; } = Hidden<string?>("--vhost", "NAME", "virtual host [/, ROPEWAY_VHOST]", "-p");

    /// <summary>Name of a saved context.</summary>
    public Option<string?> Context { get; } = Hidden<string?>("--context", "NAME", "saved address, user and virtual host [ROPEWAY_CONTEXT]");

    /// <summary>Bound of one request.</summary>
    public Option<string?> Timeout { get; } = Hidden<string?>("--timeout", "TIME", "how long one request may take, for example 500ms or 2m [30s]");

    /// <summary>One JSON document.</summary>
    public Option<bool> Json { get; } = Hidden<bool>("--json", null, "one JSON document with the API's names");

    /// <summary>One JSON object a line.</summary>
    public Option<bool> JsonLines { get; } = Hidden<bool>("--jsonl", null, "one JSON object a line");

    /// <summary>Comma separated values.</summary>
    public Option<bool> Csv { get; } = Hidden<bool>("--csv", null, "comma separated values with a header");

    /// <summary>Tab separated, also on a terminal.</summary>
    public Option<bool> Plain { get; } = Hidden<bool>("--plain", null, "tab separated values, as when the output is no terminal");

    /// <summary>Header in plain output.</summary>
    public Option<bool> Header { get; } = Hidden<bool>("--header", null, "header line in plain output");

    /// <summary>Which columns.</summary>
    public Option<string?> Columns { get; } = Hidden<string?>("--columns", "A,B", "only these columns, in this order");

    /// <summary>Order of the rows.</summary>
    public Option<string?> Sort { get; } = Hidden<string?>("--sort", "[-]COLUMN", "order of rows, with - from large to small");

    /// <summary>Which rows.</summary>
    public Option<string[]> Where { get; } = new("--where") { HelpName = "CONDITION", Description = "only rows like 'waiting>1000' or 'name~^orders'; may be repeated", Hidden = true, Recursive = true };

    /// <summary>How many rows.</summary>
    public Option<int?> Limit { get; } = Hidden<int?>("--limit", "COUNT", "so many rows at most");

    /// <summary>Again and again.</summary>
    public Option<string?> Watch { get; } = Hidden<string?>("--watch", "TIME", "repeat, for example every 2s, until Ctrl+C");

    /// <summary>No colour.</summary>
    public Option<bool> NoColor { get; } = Hidden<bool>("--no-color", null, "no colour; NO_COLOR and TERM=dumb do the same");

    /// <summary>No questions.</summary>
    public Option<bool> Yes { get; } = Hidden<bool>("--yes", null, "do not ask", "-y");

    /// <summary>Nothing is changed.</summary>
    public Option<bool> DryRun { get; } = Hidden<bool>("--dry-run", null, "say what would be changed, and change nothing");

    /// <summary>Results and errors only.</summary>
    public Option<bool> Quiet { get; } = Hidden<bool>("--quiet", null, "results and errors only", "-q");

    /// <summary>More on standard error.</summary>
    public Option<bool> Verbose { get; } = Hidden<bool>("--verbose", null, "each request on standard error; -vv: causes of errors too", "-v");

    /// <summary>Causes of errors.</summary>
    public Option<bool> VeryVerbose { get; } = Hidden<bool>("-vv", null, "as -v, and the causes of errors");

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All =>
    [
        Url, User, Password, PasswordFile, VirtualHost, Context, Timeout,
        Json, JsonLines, Csv, Plain, Header, Columns, Sort, Where, Limit, Watch, NoColor,
        Yes, DryRun, Quiet, Verbose, VeryVerbose,
    ];

    /// <summary>Gives a command and those below it these options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Hidden, because the help lists them apart from a command's own.</summary>
    private static Option<T> Hidden<T>(string name, string? helpName, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = helpName, Description = description, Hidden = true, Recursive = true };
}
