using System.CommandLine;

namespace Ropeway.CommandLine.Commands;

/// <summary>
/// <c>ropeway completion</c>: what a shell needs to complete command lines, names of the broker included. Peers choose those: a shell must neither expand them
/// when it offers them nor run a part of them when they stand in the line, so each is quoted by the shell's own rules.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _ropeway() {
          local found word="${COMP_WORDS[COMP_CWORD]}"
          COMPREPLY=()
          while IFS= read -r found; do
            if [[ "${found}" == "${word}"* ]]; then
              COMPREPLY+=("$(printf '%q' "${found}")")
            fi
          done < <(ropeway "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -o default -F _ropeway ropeway
        """;

    private const string Zsh = """
        #compdef ropeway
        _ropeway() {
          local -a found
          found=("${(@f)$(ropeway "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found
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
            $text = if ($_ -match '^[\w./:=+-]+$') { $_ } else { "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_) + "'" }
            [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
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
