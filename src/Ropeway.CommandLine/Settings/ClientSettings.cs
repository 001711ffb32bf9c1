using System.CommandLine;

namespace Ropeway.CommandLine.Settings;

/// <summary>Which broker is asked, as whom. Immutable; what the command line does not say comes from the environment, then from a context, then from the defaults.</summary>
/// <param name="Url">The HTTP address, with a slash at its end.</param>
/// <param name="User">User name.</param>
/// <param name="Password">Password; null when none was found, so that it must be asked for.</param>
/// <param name="VirtualHost">Virtual host.</param>
/// <param name="Timeout">Bound of one request.</param>
internal sealed record ClientSettings(Uri Url, string User, string? Password, string VirtualHost, TimeSpan Timeout)
{
    /// <summary>Where a broker listens that was started without options.</summary>
    public const string DefaultUrl = "http://127.0.0.1:15672";

    private const string Guest = "guest";
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Puts the settings together.</summary>
    /// <exception cref="ClientException">A value is wrong, or a file cannot be read.</exception>
    public static ClientSettings Read(ParseResult parsed, GlobalOptions options, Surroundings surroundings)
    {
        string? contextName = Given(parsed.GetValue(options.Context)) ?? Given(surroundings.Variable("ROPEWAY_CONTEXT"));
        string? url = Given(parsed.GetValue(options.Url)) ?? (contextName is null ? Given(surroundings.Variable("ROPEWAY_URL")) : null);
        SavedContext? context = ContextFile.Of(surroundings).Find(contextName, isWanted: url is null); // A named address is not signed in to with what was saved for another.
        string? user = Given(parsed.GetValue(options.User)) ?? Given(surroundings.Variable("ROPEWAY_USER")) ?? context?.User;
        string? vhost = Given(parsed.GetValue(options.VirtualHost)) ?? Given(surroundings.Variable("ROPEWAY_VHOST")) ?? context?.VirtualHost;
        return new ClientSettings(
            ReadUrl(url ?? context?.Url ?? DefaultUrl),
            user ?? Guest,
            ReadPassword(parsed, options, surroundings, context) ?? (user is null or Guest ? Guest : null),
            vhost ?? "/",
            parsed.GetValue(options.Timeout) is { } timeout ? DurationText.Parse("--timeout", timeout) : DefaultTimeout);
    }

    /// <summary>Reads the address of an HTTP API.</summary>
    /// <exception cref="ClientException">It is none.</exception>
    public static Uri ReadUrl(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(full.TrimEnd('/') + "/", UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0 || text.StartsWith('-'))
        {
            throw ClientException.Usage($"--url: bad value '{text}': an address like {DefaultUrl} is expected");
        }

        return url.UserInfo.Length == 0
            ? url
            : throw ClientException.Usage("--url: an address without user and password is expected", "--user, and --password-file or ROPEWAY_PASSWORD, give them"); // They would be shown, and saved with a context.
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? ReadPassword(ParseResult parsed, GlobalOptions options, Surroundings surroundings, SavedContext? context)
    {
        if (parsed.GetValue(options.Password) is { } visible)
        {
            if (!parsed.GetValue(options.Quiet))
            {
                surroundings.Error.WriteLine("warning: other processes can read a password on the command line; ROPEWAY_PASSWORD or --password-file hide it");
            }

            return visible;
        }

        if (parsed.GetValue(options.PasswordFile) is { } file)
        {
            return PasswordFile.Read(file, "--password-file");
        }

        return surroundings.Variable("ROPEWAY_PASSWORD") ?? (context?.PasswordFile is { } saved ? PasswordFile.Read(saved, "the context's password file") : null);
    }
}
