using System.CommandLine;
using Ropeway.CommandLine.Http;

namespace Ropeway.CommandLine.Commands;

/// <summary>The arguments that name a binding.</summary>
internal sealed class BindingArguments(CommandScope scope)
{
    /// <summary>Where messages come from.</summary>
    public Argument<string> Exchange { get; } = NameCompletion.Argument(scope, "exchange", "Where messages come from", "exchanges");

    /// <summary>Where they go.</summary>
    public Argument<string> Destination { get; } = NameCompletion.Argument(scope, "destination", "The queue, or the exchange, that gets them", "queues");

    /// <summary>The binding's key.</summary>
    public Argument<string> Key { get; } = new("key") { Description = "Routing key or pattern; may be left out", DefaultValueFactory = static _ => string.Empty };

    /// <summary>Whether the destination is an exchange.</summary>
    public Option<bool> ToExchange { get; } = new("--to-exchange") { Description = "The destination is an exchange" };

    /// <summary>The key that was typed.</summary>
    public string KeyOf(CommandRun run) => run.Get(Key);

    /// <summary>The API's path of all bindings between the two.</summary>
    public string PathOf(CommandRun run) =>
        ApiPath.Of("bindings", run.VirtualHost, "e", run.Get(Exchange), run.Get(ToExchange) ? "e" : "q", run.Get(Destination));

    /// <summary>The binding in words.</summary>
    public string Describe(CommandRun run) =>
        $"{(run.Get(ToExchange) ? "exchange" : "queue")} {run.Get(Destination)} to {run.Get(Exchange)}{(KeyOf(run).Length == 0 ? string.Empty : $" with key {KeyOf(run)}")}";
}
