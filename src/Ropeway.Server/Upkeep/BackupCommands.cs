using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ropeway.Storage;

namespace Ropeway.Server.Upkeep;

/// <summary>The commands <c>backup</c>, which asks a running broker over HTTP, and <c>restore</c>, which needs none.</summary>
internal static class BackupCommands
{
    /// <summary>Where the password is looked for when no file is named.</summary>
    public const string PasswordVariable = "ROPEWAY_BACKUP_PASSWORD";

    private const string BackupPath = "/api/backup";

    /// <summary>Makes <c>backup</c>.</summary>
    public static Command CreateBackup()
    {
        var target = new Argument<string>("file") { Description = "Where the backup goes; must not be there yet" };
        var url = new Option<string>("--url") { Description = "The broker's management API", DefaultValueFactory = static _ => "http://127.0.0.1:15672" };
        var user = new Option<string>("--user") { Description = "A user with the tag administrator", DefaultValueFactory = static _ => "guest" };
        var passwordFile = new Option<string?>("--password-file") { Description = $"File with the user's password; without it {PasswordVariable} is read, then guest is tried" };
        var command = new Command("backup", "Backs up a running broker into one file: everything confirmed before it began, at one moment of its history.") { target, url, user, passwordFile };
        command.SetAction((parsed, aborted) => BackUpAsync(
            parsed.InvocationConfiguration.Output,
            parsed.GetValue(target)!,
            BackupUri(parsed.GetValue(url)!),
            Credentials(parsed.GetValue(user)!, parsed.GetValue(passwordFile)),
            aborted));
        return command;
    }

    /// <summary>Makes <c>restore</c>.</summary>
    public static Command CreateRestore()
    {
        var source = new Argument<string>("file") { Description = "The backup" };
        var directory = new Argument<string>("directory") { Description = "The data directory to make; must not be there yet, or be empty" };
        var command = new Command("restore", "Makes a data directory from a backup, and tests every checksum of both.") { source, directory };
        command.SetAction(parsed => Restore(parsed.InvocationConfiguration.Output, parsed.GetValue(source)!, parsed.GetValue(directory)!));
        return command;
    }

    private static Uri BackupUri(string url) =>
        Uri.TryCreate(url.TrimEnd('/') + BackupPath, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new StartupException(ExitCode.Usage, $"--url: bad value '{url}': an address like http://127.0.0.1:15672 is expected");

    private static AuthenticationHeaderValue Credentials(string user, string? passwordFile)
    {
        try
        {
            string password = passwordFile is null
                ? Environment.GetEnvironmentVariable(PasswordVariable) ?? "guest"
                : File.ReadAllText(passwordFile).TrimEnd('\r', '\n');
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Usage, $"--password-file: {fault.Message}", fault);
        }
    }

    private static async Task<int> BackUpAsync(TextWriter output, string path, Uri uri, AuthenticationHeaderValue credentials, CancellationToken aborted)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // As long as it takes: the broker cuts a connection that stands still.
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Authorization = credentials;
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, aborted).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                string reason = ReasonOf(await response.Content.ReadAsStringAsync(aborted).ConfigureAwait(false));
                throw new StartupException(ExitCode.Failed, $"{uri} answers {(int)response.StatusCode}: {reason}");
            }

            using Stream archive = await response.Content.ReadAsStreamAsync(aborted).ConfigureAwait(false);
            BackupSummary summary = await BackupFile.WriteAsync(archive, path, aborted).ConfigureAwait(false);
            await output.WriteLineAsync($"{Path.GetFullPath(path)}: {Describe(summary)}").ConfigureAwait(false);
            return ExitCode.Clean;
        }
        catch (HttpRequestException fault)
        {
            throw new StartupException(ExitCode.Failed, $"{uri} cannot be read: {fault.Message}", fault);
        }
        catch (StoreException fault)
        {
            throw Failure(fault);
        }
    }

    private static int Restore(TextWriter output, string path, string directory)
    {
        try
        {
            using FileStream source = File.OpenRead(path);
            BackupSummary summary = StoreRestore.Run(source, new StoreOptions { Directory = directory }, out StoreReport report);
            output.WriteLine($"{Path.GetFullPath(path)}: {Describe(summary)}");
            var view = DirectoryView.Of(report);
            UpkeepText.Write(output, view);
            return view.IsWhole ? ExitCode.Clean : ExitCode.DataDamaged;
        }
        catch (StoreException fault)
        {
            throw Failure(fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.DataUnusable, fault.Message, fault);
        }
    }

    private static string Describe(BackupSummary summary) => string.Create(
        CultureInfo.InvariantCulture, $"backup of {summary.Created.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {summary.FileCount} files, {summary.Bytes:N0} bytes, up to index {summary.Index}; every checksum is right");

    /// <summary>The reason in an error of the API; what was sent when it is none.</summary>
    private static string ReasonOf(string body)
    {
        try
        {
            using var error = JsonDocument.Parse(body);
            return error.RootElement.ValueKind == JsonValueKind.Object && error.RootElement.TryGetProperty("reason", out JsonElement reason) ? reason.ToString() : body;
        }
        catch (JsonException)
        {
            return body.Length == 0 ? "no reason" : body;
        }
    }

    private static StartupException Failure(StoreException fault) =>
        new(fault.Kind == StoreFault.Damaged ? ExitCode.DataDamaged : ExitCode.DataUnusable, fault.Message, fault);
}
