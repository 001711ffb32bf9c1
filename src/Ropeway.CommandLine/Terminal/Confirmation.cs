namespace Ropeway.CommandLine.Terminal;

/// <summary>The question before what cannot be taken back.</summary>
internal static class Confirmation
{
    /// <summary>Returns when the act may go on: in a dry run, with <c>--yes</c>, or when what is asked for was typed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="act">What will be done, with counts, as a sentence without its end: <c>Purge 3 messages from orders</c>.</param>
    /// <param name="effect">The same for the error: <c>remove 3 messages</c>.</param>
    /// <param name="name">What is to be typed.</param>
    /// <param name="asked">What that is, for the question.</param>
    /// <exception cref="ClientException">Nobody can answer, or the answer was another.</exception>
    public static async Task AskAsync(CommandRun run, string act, string effect, string name, string asked = "the name")
    {
        if (run.IsDryRun || run.IsYes)
        {
            return;
        }

        Surroundings surroundings = run.Surroundings;
        if (!surroundings.IsInputTerminal)
        {
            throw ClientException.Usage($"this would {effect} and needs an answer, but input is not a terminal.", "Add --yes to go on, or --dry-run to see what it would do.");
        }

        await surroundings.Error.WriteAsync($"{Output.RawText.InLine(act)}? Type {asked} to go on: ").ConfigureAwait(false);
        await surroundings.Error.FlushAsync().ConfigureAwait(false);
        string? answer = await surroundings.Input().ReadLineAsync().ConfigureAwait(false);
        if (answer != name)
        {
            throw ClientException.Usage($"{asked} does not match; nothing was changed.");
        }
    }
}
