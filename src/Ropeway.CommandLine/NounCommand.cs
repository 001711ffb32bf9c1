using System.CommandLine;

namespace Ropeway.CommandLine;

/// <summary>A kind of thing, with verbs below it. Singular and plural are both accepted.</summary>
internal sealed class NounCommand : Command
{
    /// <summary>Makes a noun.</summary>
    public NounCommand(CommandScope scope, string name, string plural, string description)
        : base(name, description)
    {
        if (plural != name)
        {
            Aliases.Add(plural);
        }

        scope.Options.AddTo(this);
    }
}
