using System.CommandLine;

namespace Ropeway.Server;

/// <summary>The command <c>serve</c>: reads the configuration, runs a <see cref="ServerHost"/> until a signal, and gives the exit code.</summary>
internal sealed class ServeCommand
{
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly Func<CompositionContext, IComposedBroker> _compose;
    private readonly TimeProvider _time;
    private readonly List<Option<string[]>> _options;

    /// <summary>Makes the command; <paramref name="compose"/> makes the broker.</summary>
    public ServeCommand(TextWriter output, TextWriter error, Func<CompositionContext, IComposedBroker> compose, TimeProvider time)
    {
        _output = output;
        _error = error;
        _compose = compose;
        _time = time;
        _options = [.. ServerOptionList.All.Select(ToCommandLineOption)];
    }

    /// <summary>Makes <paramref name="command"/> serve.</summary>
    public void AddTo(Command command)
    {
        foreach (Option<string[]> option in _options)
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
    }

    private static Option<string[]> ToCommandLineOption(ServerOption option) => new($"--{option.Name}")
    {
        Description = $"{option.Description} [default: {option.DefaultText}]",
        HelpName = option.ValueName,
        Arity = option.IsRepeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        CustomParser = static parsed => [.. parsed.Tokens.Select(token => token.Value)],
    };

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken aborted)
    {
        foreach (string warning in ServerConfiguration.UnknownVariables(Environment.GetEnvironmentVariables().Keys.Cast<string>()))
        {
            await _error.WriteLineAsync($"ropeway: {warning}").ConfigureAwait(false);
        }

        ServerOptions options = ServerConfiguration.Load(FromCommandLine(parsed), Environment.GetEnvironmentVariable);
        using var signals = new StopSignals();
        var host = new ServerHost(options, _compose, _time, _output);
        try
        {
            return await host.RunAsync(signals.Stop).ConfigureAwait(false);
        }
        catch (StartupException)
        {
            throw;
        }
        catch (Exception fault)
        {
            await _error.WriteLineAsync($"ropeway: unexpected fault: {fault.ToString().ReplaceLineEndings(" | ")}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private OptionSource FromCommandLine(ParseResult parsed)
    {
        var source = new OptionSource(ExitCode.Usage);
        foreach (Option<string[]> option in _options)
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                source.Add(option.Name[2..], parsed.GetValue(option)!, option.Name);
            }
        }

        return source;
    }
}
