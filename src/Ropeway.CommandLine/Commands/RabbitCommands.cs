using System.CommandLine;
using System.Text.Json;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary>
/// The commands that people of RabbitMQ type most, under the names and with the arguments of <c>rabbitmqctl</c>. Hidden from the help. As there, nothing asks.
/// </summary>
internal static class RabbitCommands
{
    /// <summary>Makes them.</summary>
    public static IEnumerable<Command> Create(CommandScope scope)
    {
        yield return Make(scope, "list_queues", (run, aborted) => QueueCommands.ListAsync(run, isOfAllHosts: false, aborted));
        yield return Make(scope, "list_exchanges", ExchangeCommands.ListAsync);
        yield return Make(scope, "list_bindings", BindingCommands.ListAsync);
        yield return Make(scope, "list_connections", ConnectionCommands.ListAsync);
        yield return Make(scope, "list_channels", ConnectionCommands.ListChannelsAsync);
        yield return Make(scope, "list_consumers", ConnectionCommands.ListConsumersAsync);
        yield return Make(scope, "list_users", UserCommands.ListAsync);
        yield return Make(scope, "list_vhosts", VirtualHostCommands.ListAsync);
        yield return Make(scope, "list_permissions", (run, aborted) => PermissionCommands.ListAsync(run, isOfAllHosts: false, aborted));
        yield return Make(scope, "list_policies", (run, aborted) => PolicyCommands.ListAsync(run, isOperator: false, aborted));
        yield return CreateAddUser(scope);
        yield return Make(scope, "delete_user", ["username"], (run, given, aborted) => UserCommands.DeleteAsync(run, given[0], isAsking: false, aborted));
        yield return Make(scope, "change_password", ["username", "password"], (run, given, aborted) => UserCommands.SetAsync(run, given[0], given[1], tags: null, mustExist: true, aborted));
        yield return Make(scope, "set_permissions", ["username", "conf", "write", "read"], (run, given, aborted) => PermissionCommands.SetAsync(run, given[0], given[1], given[2], given[3], aborted));
        yield return Make(scope, "clear_permissions", ["username"], (run, given, aborted) => PermissionCommands.DeleteAsync(run, given[0], aborted));
        yield return CreateSetPolicy(scope);
        yield return Make(scope, "clear_policy", ["name"], (run, given, aborted) => PolicyCommands.DeleteAsync(run, isOperator: false, given[0], aborted));
        yield return Make(scope, "add_vhost", ["vhost"], (run, given, aborted) => VirtualHostCommands.SetAsync(run, given[0], JsonWriting.Object(static _ => { }), aborted));
        yield return Make(scope, "delete_vhost", ["vhost"], (run, given, aborted) => VirtualHostCommands.DeleteAsync(run, given[0], isAsking: false, aborted));
        yield return Make(scope, "export_definitions", ["file"], (run, given, aborted) => DefinitionCommands.ExportAsync(run, given[0], isOfOneHost: false, hasUsers: true, aborted));
        yield return Make(scope, "import_definitions", ["file"], (run, given, aborted) => DefinitionCommands.ImportAsync(run, given[0], isIntoOneHost: false, aborted));
        yield return CreateSetUserTags(scope);
        yield return Make(scope, "purge_queue", ["queue"], (run, given, aborted) => QueueActCommands.PurgeAsync(run, given[0], isAsking: false, aborted));
        yield return CreateDeleteQueue(scope);
    }

    /// <summary>A list, whose arguments are names of columns.</summary>
    private static ClientCommand Make(CommandScope scope, string name, Func<CommandRun, CancellationToken, Task<int>> list)
    {
        var columns = new Argument<string[]>("columns") { Arity = ArgumentArity.ZeroOrMore };
        return new ClientCommand(scope, name, $"As rabbitmqctl {name}.", (run, aborted) =>
        {
            run.ColumnNames = run.Get(columns) is { Length: > 0 } names ? string.Join(',', names) : run.ColumnNames;
            return list(run, aborted);
        })
        {
            Arguments = { columns },
            CanWatch = true,
            Hidden = true,
        }.WithGlobals(scope);
    }

    private static ClientCommand Make(CommandScope scope, string name, string[] argumentNames, Func<CommandRun, string[], CancellationToken, Task<int>> act)
    {
        Argument<string>[] arguments = [.. argumentNames.Select(argument => new Argument<string>(argument))];
        var command = new ClientCommand(scope, name, $"As rabbitmqctl {name}.", (run, aborted) => act(run, [.. arguments.Select(run.Get)], aborted)) { Hidden = true };
        foreach (Argument<string> argument in arguments)
        {
            command.Arguments.Add(argument);
        }

        return command.WithGlobals(scope);
    }

    private static ClientCommand CreateAddUser(CommandScope scope)
    {
        var name = new Argument<string>("username");
        var password = new Argument<string?>("password") { DefaultValueFactory = static _ => null };
        return new ClientCommand(scope, "add_user", "As rabbitmqctl add_user.", (run, aborted) => UserCommands.SetAsync(run, run.Get(name), run.Get(password), tags: null, mustExist: false, aborted))
        {
            Arguments = { name, password },
            Hidden = true,
        }.WithGlobals(scope);
    }

    private static ClientCommand CreateSetUserTags(CommandScope scope)
    {
        var name = new Argument<string>("username");
        var tags = new Argument<string[]>("tags") { Arity = ArgumentArity.ZeroOrMore };
        return new ClientCommand(scope, "set_user_tags", "As rabbitmqctl set_user_tags.", (run, aborted) =>
            UserCommands.SetAsync(run, run.Get(name), password: null, string.Join(',', run.Get(tags)), mustExist: true, aborted))
        {
            Arguments = { name, tags },
            Hidden = true,
        }.WithGlobals(scope);
    }

    private static ClientCommand CreateSetPolicy(CommandScope scope)
    {
        var name = new Argument<string>("name");
        var pattern = new Argument<string>("pattern");
        var definition = new Argument<string>("definition");
        var priority = new Option<int>("--priority");
        var applyTo = new Option<string>("--apply-to") { DefaultValueFactory = static _ => "all" };
        return new ClientCommand(scope, "set_policy", "As rabbitmqctl set_policy.", (run, aborted) => PolicyCommands.SetAsync(run, isOperator: false, run.Get(name), JsonWriting.Object(writer =>
        {
            writer.WriteString("pattern", run.Get(pattern));
            writer.WriteString("apply-to", run.Get(applyTo));
            writer.WriteNumber("priority", run.Get(priority));
            writer.WritePropertyName("definition");
            Definition(run.Get(definition)).WriteTo(writer);
        }), aborted))
        {
            Arguments = { name, pattern, definition },
            Options = { priority, applyTo },
            Hidden = true,
        }.WithGlobals(scope);
    }

    private static ClientCommand CreateDeleteQueue(CommandScope scope)
    {
        var name = new Argument<string>("queue");
        var ifEmpty = new Option<bool>("--if-empty", "-e");
        var ifUnused = new Option<bool>("--if-unused", "-u");
        return new ClientCommand(scope, "delete_queue", "As rabbitmqctl delete_queue.", (run, aborted) =>
            QueueCommands.DeleteAsync(run, run.Get(name), new QueueDeletion(IfExists: false, run.Get(ifEmpty), run.Get(ifUnused), IsAsking: false), aborted))
        {
            Arguments = { name },
            Options = { ifEmpty, ifUnused },
            Hidden = true,
        }.WithGlobals(scope);
    }

    private static JsonElement Definition(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException fault)
        {
            throw new ClientException(ClientExitCode.Usage, $"definition: bad value '{text}': a JSON object is expected", next: null, fault);
        }
    }
}
