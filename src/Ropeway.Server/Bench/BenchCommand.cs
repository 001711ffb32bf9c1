using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;

namespace Ropeway.Server.Bench;

/// <summary>The command <c>ropeway bench</c>: load runs against this or any other broker.</summary>
internal static class BenchCommand
{
    private const int Success = 0;
    private const int Fault = 1;
    private const int WrongResult = 2;

    /// <summary>Makes the command with all its subcommands.</summary>
    public static Command Create() => new("bench", "Measure a broker under load.")
    {
        CreateAmqp(),
        CreatePopulation("amqp-connections", "Open many idle connections with a channel each: time and memory of each.", PopulationKind.Connections),
        CreatePopulation("amqp-queues", "Declare many queues, 100 declares under way at a time: time and memory of each.", PopulationKind.Queues),
    };

    private static Command CreateAmqp()
    {
        var command = new Command("amqp", "Publish to and consume from any AMQP 0-9-1 broker, and print what came of it.");
        var arguments = new AmqpBenchArguments(command);
        SetAction(command, (parsed, interrupted) => Load(arguments.Read(parsed), parsed.InvocationConfiguration.Output, interrupted));
        return command;
    }

    private static Command CreatePopulation(string name, string description, PopulationKind kind)
    {
        const int CountMax = 1_000_000;
        var target = new Argument<string>("uri") { Description = "The broker: amqp://user:password@host:port/vhost" };
        var count = new Option<int>("--count") { Description = "How many", DefaultValueFactory = _ => 1000 };
        var durable = new Option<bool>("--durable") { Description = "Durable queues" };
        var brokerPid = new Option<int>("--broker-pid") { Description = "The broker's process on this machine, for its CPU and memory" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of text" };
        var source = new Option<string>("--source") { Description = "Local addresses to connect from in turn, with commas", DefaultValueFactory = _ => "" };
        var command = new Command(name, description) { target, count, brokerPid, json };
        if (kind == PopulationKind.Queues)
        {
            command.Options.Add(durable);
        }
        else
        {
            command.Options.Add(source);
        }

        SetAction(command, (parsed, interrupted) =>
        {
            int wanted = parsed.GetValue(count);
            if (wanted is < 1 or > CountMax)
            {
                throw new BenchException($"--count must be 1 to {CountMax}.");
            }

            var options = new PopulationOptions(
                AmqpTarget.Parse(parsed.GetValue(target) ?? ""),
                kind,
                wanted,
                kind == PopulationKind.Queues && parsed.GetValue(durable),
                parsed.GetValue(brokerPid),
                parsed.GetValue(json),
                kind == PopulationKind.Connections ? ReadAddresses(parsed.GetValue(source) ?? "") : []);
            new PopulationRun(options, interrupted).Execute(parsed.InvocationConfiguration.Output);
            return Success;
        });
        return command;
    }

    private static List<IPAddress> ReadAddresses(string text)
    {
        var addresses = new List<IPAddress>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            addresses.Add(IPAddress.TryParse(part, out IPAddress? address) ? address : throw new BenchException($"--source: '{part}' is not an address."));
        }

        return addresses;
    }

    private static void SetAction(Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction(parsed => Guard(run, parsed));

    private static int Guard(Func<ParseResult, CancellationToken, int> run, ParseResult parsed)
    {
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        try
        {
            return run(parsed, interrupted.Token);
        }
        catch (BenchException fault)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"ropeway bench: {fault.Message}");
            return Fault;
        }

        void Interrupt(PosixSignalContext signal)
        {
            signal.Cancel = !interrupted.IsCancellationRequested; // The first lets the run delete its queues, a second one ends it at once.
            interrupted.Cancel();
        }
    }

    private static int Load(AmqpBenchOptions options, TextWriter output, CancellationToken interrupted)
    {
        using var run = new BenchRun(options, interrupted);
        BenchResult result = run.Execute();
        if (options.Json)
        {
            ReportJson.Write(output, result);
        }
        else
        {
            ReportTable.Write(output, result);
        }

        return result.IsGood ? Success : WrongResult;
    }
}
