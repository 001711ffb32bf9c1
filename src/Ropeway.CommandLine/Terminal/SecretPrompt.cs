using System.Text;

namespace Ropeway.CommandLine.Terminal;

/// <summary>Asks for a password without showing it.</summary>
internal static class SecretPrompt
{
    /// <summary>Asks and waits for a line.</summary>
    /// <exception cref="OperationCanceledException">Ctrl+C or the end of the input.</exception>
    public static string Ask(Surroundings surroundings, string question)
    {
        surroundings.Error.Write(question);
        var secret = new StringBuilder();
        while (true)
        {
#pragma warning disable VSTHRD002 // A prompt blocks: nothing else happens in this process meanwhile.
            ConsoleKeyInfo key = surroundings.ReadKeyAsync(CancellationToken.None).GetAwaiter().GetResult() ?? throw new OperationCanceledException();
#pragma warning restore VSTHRD002
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    surroundings.Error.WriteLine();
                    return secret.ToString();
                case ConsoleKey.Backspace when secret.Length > 0:
                    secret.Length--;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        secret.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
