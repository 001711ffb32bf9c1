using System.CommandLine;

namespace Ropeway.CommandLine;

/// <summary>A command that does something, with examples for its help. Made once for a tree.</summary>
internal sealed class ClientCommand : Command
{
    /// <summary>Makes a command.</summary>
    /// <param name="scope">What runs it.</param>
    /// <param name="name">Its verb, or its only word.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="act">What it does; gives the exit code.</param>
    public ClientCommand(CommandScope scope, string name, string description, Func<CommandRun, CancellationToken, Task<int>> act)
        : base(name, description) =>
        SetAction((parsed, aborted) => scope.RunAsync(parsed, act, CanWatch, aborted));

    /// <summary>Command lines that work; tests run each of them.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Whether <c>--watch</c> makes sense: it only shows something.</summary>
    public bool CanWatch { get; init; }

    /// <summary>More names.</summary>
    public IEnumerable<string> AlsoCalled
    {
        init
        {
            foreach (string alias in value)
            {
                Aliases.Add(alias);
            }
        }
    }

    /// <summary>Gives it the global options as well; for commands that stand directly below the root.</summary>
    public ClientCommand WithGlobals(CommandScope scope)
    {
        scope.Options.AddTo(this);
        return this;
    }
}
