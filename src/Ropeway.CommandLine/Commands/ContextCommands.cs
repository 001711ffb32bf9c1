using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Output;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway context</c>: addresses of brokers under names. Asks no broker.</summary>
internal static class ContextCommands
{
    private static readonly Column[] Columns =
    [
        new("context", "name", ColumnKind.Name),
        new("url", "url", ColumnKind.Name),
        new("user", "user", ColumnKind.Name),
        new("vhost", "vhost", ColumnKind.Name),
        new("password-file", "password_file", ColumnKind.Name),
        new("current", "current"),
    ];

    /// <summary>Makes the noun.</summary>
    public static Command Create(CommandScope scope) => new NounCommand(scope, "context", "contexts", "Contexts: brokers' addresses, saved under names.")
    {
        CreateAdd(scope),
        CreateUse(scope),
        new ClientCommand(scope, "list", "Lists the saved contexts.", (run, _) => Task.FromResult(List(run)))
        {
            AlsoCalled = ["ls"],
            Examples = ["ropeway context list", "ropeway context list --json", "ropeway context list --where current=true --columns name"],
        },
        CreateRemove(scope),
    };

    private static ClientCommand CreateAdd(CommandScope scope)
    {
        var name = new Argument<string>("context") { Description = "Its name" };
        var url = new Argument<string>("url") { Description = "The broker's HTTP address" };
        return new ClientCommand(scope, "add", "Saves an address, with --user, --vhost and --password-file; the password itself is not saved. The first one is used at once.", (run, _) =>
        {
            ContextFile file = ContextFile.Of(run.Surroundings);
            Uri address = ClientSettings.ReadUrl(run.Get(url));
            file.Contexts[run.Get(name)] = new SavedContext(
                run.Get(name), address.ToString(), run.Get(scope.Options.User), run.Get(scope.Options.VirtualHost), run.Get(scope.Options.PasswordFile) is { } secret ? Path.GetFullPath(secret) : null);
            file.Current ??= run.Get(name);
            return Task.FromResult(Save(run, file, $"Saved context {run.Get(name)}."));
        })
        {
            Arguments = { name, url },
            Examples = ["ropeway context add prod https://mq.example.org:15671 --user ops --vhost shop", "ropeway context add local http://127.0.0.1:15672", "ropeway context add test http://127.0.0.1:25672 --dry-run"],
        };
    }

    private static ClientCommand CreateUse(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "use", "Makes a context the one that holds when none is named.", (run, _) =>
        {
            ContextFile file = ContextFile.Of(run.Surroundings);
            file.Current = file.Find(run.Get(name))!.Name;
            return Task.FromResult(Save(run, file, $"Using context {file.Current}: {file.Contexts[file.Current].Url}"));
        })
        {
            Arguments = { name },
            Examples = ["ropeway context use saved", "ropeway context use saved --quiet", "ropeway context use saved --dry-run"],
        };
    }

    private static ClientCommand CreateRemove(CommandScope scope)
    {
        Argument<string> name = NameArgument(scope);
        return new ClientCommand(scope, "remove", "Forgets a context.", (run, _) =>
        {
            ContextFile file = ContextFile.Of(run.Surroundings);
            SavedContext context = file.Find(run.Get(name))!;
            file.Contexts.Remove(context.Name);
            file.Current = file.Current == context.Name ? null : file.Current;
            return Task.FromResult(Save(run, file, $"Removed context {context.Name}."));
        })
        {
            Arguments = { name },
            AlsoCalled = ["delete"],
            Examples = ["ropeway context remove saved", "ropeway context remove saved --quiet", "ropeway context remove saved --dry-run"],
        };
    }

    private static int Save(CommandRun run, ContextFile file, string done)
    {
        if (!run.IsDryRun)
        {
            file.Save();
        }

        run.Done(done);
        return ClientExitCode.Done;
    }

    private static int List(CommandRun run)
    {
        ContextFile file = ContextFile.Of(run.Surroundings);
        JsonElement[] rows = [.. file.Contexts.Values.Select(context => JsonElement.Parse(JsonWriting.Object(writer =>
        {
            writer.WriteString("name", context.Name);
            writer.WriteString("url", context.Url);
            writer.WriteString("user", context.User);
            writer.WriteString("vhost", context.VirtualHost);
            writer.WriteString("password_file", context.PasswordFile);
            writer.WriteBoolean("current", context.Name == file.Current);
        })))];
        return run.Write(new Listing(Columns, rows), "contexts");
    }

    private static Argument<string> NameArgument(CommandScope scope)
    {
        var name = new Argument<string>("context") { HelpName = "context", Description = "Its name" };
        name.CompletionSources.Add(_ =>
        {
            try
            {
                return ContextFile.Of(scope.Surroundings).Contexts.Keys.Select(key => new System.CommandLine.Completions.CompletionItem(key));
            }
            catch (ClientException)
            {
                return []; // A completion is silent; the command will say it.
            }
        });
        return name;
    }
}
