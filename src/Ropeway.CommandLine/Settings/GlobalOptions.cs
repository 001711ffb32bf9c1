using System.CommandLine;

namespace Ropeway.CommandLine.Settings;

/// <summary>The options that every command which asks a broker has. One for a command tree.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Address of the management API.</summary>
    public Option<string?> Url { get; } = Global<string?>("--url", "ADDRESS", "the broker's HTTP address [http://127.0.0.1:15672, ROPEWAY_URL]");

    /// <summary>User name.</summary>
    public Option<string?> User { get; } = Global<string?>("--user", "NAME", "user name [guest, ROPEWAY_USER]");

    /// <summary>Password; other processes can read it.</summary>
    public Option<string?> Password { get; } = Global<string?>("--password", "TEXT", "password; others can see it: better ROPEWAY_PASSWORD, a file, or the prompt");

    /// <summary>File with the password.</summary>
    public Option<string?> PasswordFile { get; } = Global<string?>("--password-file", "FILE", "file with the password, readable by its owner only");

    /// <summary>Virtual host.</summary>
    public Option<string?> VirtualHost { get; } = Global<string?>("--vhost", "NAME", "virtual host [/, ROPEWAY_VHOST]", "-p");

    /// <summary>Name of a saved context.</summary>
    public Option<string?> Context { get; } = Global<string?>("--context", "NAME", "saved address, user and virtual host [ROPEWAY_CONTEXT]");

    /// <summary>Bound of one request.</summary>
    public Option<string?> Timeout { get; } = Global<string?>("--timeout", "TIME", "how long one request may take, for example 500ms or 2m [30s]");

    /// <summary>One JSON document.</summary>
    public Option<bool> Json { get; } = Global<bool>("--json", null, "one JSON document with the API's names");

    /// <summary>One JSON object a line.</summary>
    public Option<bool> JsonLines { get; } = Global<bool>("--jsonl", null, "one JSON object a line");

    /// <summary>Comma separated values.</summary>
    public Option<bool> Csv { get; } = Global<bool>("--csv", null, "comma separated values with a header");

    /// <summary>Tab separated, also on a terminal.</summary>
    public Option<bool> Plain { get; } = Global<bool>("--plain", null, "tab separated values, as when the output is no terminal");

    /// <summary>Header in plain output.</summary>
    public Option<bool> Header { get; } = Global<bool>("--header", null, "header line in plain output");

    /// <summary>Which columns.</summary>
    public Option<string?> Columns { get; } = Global<string?>("--columns", "A,B", "only these columns, in this order");

    /// <summary>Order of the rows.</summary>
    public Option<string?> Sort { get; } = Global<string?>("--sort", "[-]COLUMN", "order of rows, with - from large to small");

    /// <summary>Which rows.</summary>
    public Option<string[]> Where { get; } = new("--where") { HelpName = "CONDITION", Description = "only rows like 'waiting>1000' or 'name~^orders'; may be repeated", Recursive = true };

    /// <summary>How many rows.</summary>
    public Option<int?> Limit { get; } = Global<int?>("--limit", "COUNT", "so many rows at most");

    /// <summary>Again and again.</summary>
    public Option<string?> Watch { get; } = Global<string?>("--watch", "TIME", "repeat, for example every 2s, until Ctrl+C");

    /// <summary>No colour.</summary>
    public Option<bool> NoColor { get; } = Global<bool>("--no-color", null, "no colour; NO_COLOR and TERM=dumb do the same");

    /// <summary>No questions.</summary>
    public Option<bool> Yes { get; } = Global<bool>("--yes", null, "do not ask", "-y");

    /// <summary>Nothing is changed.</summary>
    public Option<bool> DryRun { get; } = Global<bool>("--dry-run", null, "say what would be changed, and change nothing");

    /// <summary>Results and errors only.</summary>
    public Option<bool> Quiet { get; } = Global<bool>("--quiet", null, "results and errors only", "-q");

    /// <summary>More on standard error.</summary>
    public Option<bool> Verbose { get; } = Global<bool>("--verbose", null, "each request on standard error; -vv: causes of errors too", "-v");

    /// <summary>Causes of errors.</summary>
    public Option<bool> VeryVerbose { get; } = Global<bool>("-vv", null, "as -v, and the causes of errors");

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

    private static Option<T> Global<T>(string name, string? helpName, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = helpName, Description = description, Recursive = true };
}
