using System.CommandLine;
using System.Text.Json;
using Ropeway.Storage;

namespace Ropeway.Server.Upkeep;

/// <summary>The commands <c>verify</c> and <c>repair</c>: a data directory that no broker uses.</summary>
internal static class DirectoryCommands
{
    /// <summary>Makes <c>verify</c>.</summary>
    public static Command CreateVerify()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var command = new Command("verify", "Tests every checksum of a data directory that no broker uses, and says who loses what to damage. Changes nothing.") { directory, json };
        command.SetAction(parsed => Run(parsed.InvocationConfiguration.Output, parsed.GetValue(json), parsed.GetValue(directory)!));
        return command;
    }

    /// <summary>Makes <c>repair</c>.</summary>
    public static Command CreateRepair()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var acceptLoss = new Option<bool>("--accept-loss") { Description = "Go on without what nobody can name: definitions that were changed, bytes of unknown queues" };
        var command = new Command("repair", "Brings a damaged data directory that no broker uses back into service without what is lost.") { directory, acceptLoss, json };
        command.SetAction(parsed => Repair(parsed.InvocationConfiguration.Output, parsed.GetValue(json), parsed.GetValue(directory)!, parsed.GetValue(acceptLoss)));
        return command;
    }

    private static Argument<string> Directory() => new("directory") { Description = "The data directory" };

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object instead of text" };

    private static int Run(TextWriter output, bool isJson, string directory)
    {
        try
        {
            var view = DirectoryView.Of(StoreVerification.Run(new StoreOptions { Directory = directory }));
            if (isJson)
            {
                output.WriteLine(JsonSerializer.Serialize(view, UpkeepJson.Default.DirectoryView));
            }
            else
            {
                UpkeepText.Write(output, view);
            }

            return view.IsWhole ? ExitCode.Clean : ExitCode.DataDamaged;
        }
        catch (StoreException fault)
        {
            throw Failure(fault, ExitCode.DataUnusable);
        }
    }

    private static int Repair(TextWriter output, bool isJson, string directory, bool acceptLoss)
    {
        try
        {
            RepairReport report = StoreRepair.Run(new StoreOptions { Directory = directory }, acceptLoss);
            var view = new RepairView(DirectoryView.Of(report.Before), DirectoryView.Of(report.After), report.Saved);
            if (isJson)
            {
                output.WriteLine(JsonSerializer.Serialize(view, UpkeepJson.Default.RepairView));
            }
            else
            {
                WriteText(output, view);
            }

            return view.After.IsWhole ? ExitCode.Clean : ExitCode.DataDamaged;
        }
        catch (StoreException fault)
        {
            throw Failure(fault, ExitCode.DataDamaged);
        }
    }

    private static void WriteText(TextWriter output, RepairView view)
    {
        UpkeepText.Write(output, view.Before);
        if (view.Before.IsWhole)
        {
            output.WriteLine("nothing to repair");
            return;
        }

        foreach (string file in view.Saved)
        {
            output.WriteLine($"saved {file}");
        }

        output.WriteLine("after the repair:");
        UpkeepText.Write(output, view.After);
    }

    private static StartupException Failure(StoreException fault, int damaged) => new(
        fault.Kind switch
        {
            StoreFault.InUse => ExitCode.DataInUse,
            StoreFault.NewerVersion => ExitCode.DataNewer,
            StoreFault.Damaged => damaged,
            _ => ExitCode.DataUnusable,
        },
        fault.Message,
        fault);
}
