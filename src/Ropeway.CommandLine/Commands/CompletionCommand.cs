using System.CommandLine;

namespace Ropeway.CommandLine.Commands;

/// <summary><c>ropeway completion</c>: what a shell needs to complete command lines, names of the broker included.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _ropeway() {
          local IFS=$'\n'
          COMPREPLY=($(ropeway "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
          local word="${COMP_WORDS[COMP_CWORD]}"
          COMPREPLY=($(compgen -W "${COMPREPLY[*]}" -- "${word}"))
        }
        complete -o default -F _ropeway ropeway
        """;

    private const string Zsh = """
        #compdef ropeway
        _ropeway() {
          local -a found
          found=("${(@f)$(ropeway "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -Q -a found
        }
        compdef _ropeway ropeway
        """;

    private const string Fish = """
        function __ropeway_complete
          set -l line (commandline -cp)
          ropeway "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
        end
        complete -c ropeway -f -a '(__ropeway_complete)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName ropeway -ScriptBlock {
          param($wordToComplete, $commandAst, $cursorPosition)
          ropeway "[suggest:$cursorPosition]" "$commandAst" 2>$null | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandScope scope)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        return new ClientCommand(scope, "completion", "Writes the script that makes a shell complete ropeway's command lines.", (run, _) =>
        {
            run.Output.Write((run.Get(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => PowerShell,
            }).ReplaceLineEndings("\n") + "\n");
            return Task.FromResult(ClientExitCode.Done);
        })
        {
            Arguments = { shell },
            Examples = ["ropeway completion bash", "ropeway completion zsh", "ropeway completion fish"],
        }.WithGlobals(scope);
    }
}
