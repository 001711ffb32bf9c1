using System.CommandLine;
using System.CommandLine.Completions;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary>Completes names from the broker, within 200 ms, and silently not at all when it does not answer.</summary>
internal static class NameCompletion
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>An argument that is a name of something in the current virtual host, or of the whole broker.</summary>
    /// <param name="scope">The tree's scope.</param>
    /// <param name="name">Name of the argument in the help.</param>
    /// <param name="description">What it is.</param>
    /// <param name="collection">The API's word for all of them.</param>
    /// <param name="isInVirtualHost">Whether they belong to a virtual host.</param>
    public static Argument<string> Argument(CommandScope scope, string name, string description, string collection, bool isInVirtualHost = true)
    {
        var argument = new Argument<string>(name) { Description = description, HelpName = name }; // Else the help would list all names.
        argument.CompletionSources.Add(context => Complete(scope, context, collection, isInVirtualHost));
        return argument;
    }

    /// <summary>An option that is such a name.</summary>
    public static Option<string?> Option(CommandScope scope, string name, string description, string collection, string[]? aliases = null, bool isInVirtualHost = true)
    {
        var option = new Option<string?>(name, aliases ?? []) { Description = description, HelpName = "NAME" };
        option.CompletionSources.Add(context => Complete(scope, context, collection, isInVirtualHost));
        return option;
    }

    /// <summary>Completes words that the broker is asked for.</summary>
    public static IEnumerable<CompletionItem> Complete(CommandScope scope, CompletionContext context, Func<CommandRun, CancellationToken, Task<string[]>> readAsync)
    {
        try
        {
            using CommandRun run = scope.CreateRun(context.ParseResult);
            if (run.Settings.Password is null)
            {
                return []; // Nobody is asked for a password in the middle of a line.
            }

            using var deadline = new CancellationTokenSource(Patience, scope.Surroundings.Time);
#pragma warning disable VSTHRD002 // The shell waits for the completions, and this process does nothing else.
            string[] names = Task.Run(() => readAsync(run, deadline.Token), deadline.Token).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            return names.Where(name => name.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(name => new CompletionItem(name));
        }
        catch (Exception fault) when (fault is ClientException or ApiFault or OperationCanceledException)
        {
            return [];
        }
    }

    private static IEnumerable<CompletionItem> Complete(CommandScope scope, CompletionContext context, string collection, bool isInVirtualHost) => Complete(
        scope, context, (run, aborted) => Lookup.NamesAsync(run, isInVirtualHost ? ApiPath.Of(collection, run.VirtualHost) : ApiPath.Of(collection), aborted));
}
