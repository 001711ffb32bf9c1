using Ropeway.Simulation.Disk;
using Ropeway.Simulation.Steps;
using Ropeway.Storage.Disk;

namespace Ropeway.Simulation;

/// <summary>Decides when the machine's life ends and how, what the disk does meanwhile, and lets other work go on where the disk is used.</summary>
internal sealed class Fate(World world) : IDiskWatcher
{
    private static readonly string[] Names = Enum.GetNames<DiskCall>();

    private int _callsLeft = int.MaxValue;
    private int _slowCount;

    /// <summary>How the life under way is to end.</summary>
    public Ending Ending { get; private set; }

    /// <summary>Whether the disk has room and works; then nothing ends either.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>A new life begins.</summary>
    public void Begin()
    {
        Ending = world.Random.Next(10) switch { < 5 => Ending.PowerCut, < 7 => Ending.Kill, < 9 => Ending.DiskError, _ => Ending.CleanStop };
        bool isShort = world.Random.Chance(20); // While it opens, most likely.
        _callsLeft = isShort ? 1 + world.Random.Next(80) : 100 + world.Random.Next(1200);
        _slowCount = 0;
        world.History.Note("life", Ending.ToString(), _callsLeft);
    }

    /// <summary>For some calls the disk is very slow.</summary>
    public void BeSlow()
    {
        _slowCount = 5 + world.Random.Next(20);
        world.Coverage.Count("slow disk");
    }

    public void Before(DiskCall call, string path)
    {
        world.History.Note(Names[(int)call], path);
        NoteEvents(call, path);
        if (IsQuiet)
        {
            return;
        }

        if (_slowCount > 0 && call is DiskCall.Sync or DiskCall.Write)
        {
            _slowCount--;
            world.Advance(TimeSpan.FromMilliseconds(10 + world.Random.Next(500)));
            world.Machine.Scheduler.Interleave(80);
        }

        if (_callsLeft <= 0)
        {
            EndLife(call, path);
        }

        _callsLeft--;
        world.Machine.Scheduler.Interleave(call == DiskCall.Read ? 4 : 15);
    }

    public void NoteNoSpace() => world.Coverage.Count("no space");

    public void After(DiskCall call, string path)
    {
        if (!IsQuiet)
        {
            if (_callsLeft-- <= 0 && Ending is Ending.PowerCut or Ending.Kill)
            {
                EndLife(call, path);
            }

            world.Machine.Scheduler.Interleave(call == DiskCall.Read ? 2 : 10);
        }
    }

    private void EndLife(DiskCall call, string path)
    {
        if (Ending == Ending.CleanStop)
        {
            return; // The clients see to it.
        }

        if (Ending == Ending.DiskError)
        {
            if (call is DiskCall.Read or DiskCall.Open && (world.Machine.IsOpen || world.Machine.Scheduler.Current.Length > 0))
            {
                return; // A damaged message is another story: it is not to be expected back.
            }

            _callsLeft = 200; // Should nothing come of it.
            world.Coverage.Count(call switch { DiskCall.Write => "write error", DiskCall.Sync => "sync error", DiskCall.Read => "read error", _ => "other error" });
            world.History.Note("error", Names[(int)call]);
            throw new IOException($"{Names[(int)call]} of '{path}' failed: Input/output error (error 5).", Errno.InputOutput);
        }

        world.Coverage.Count(world.Machine.IsOpen ? "crash" : "crash while opening");
        world.SwitchOff(Ending);
        throw new PowerOffException();
    }

    private void NoteEvents(DiskCall call, string path)
    {
        if (call is (DiskCall.Create or DiskCall.Rename or DiskCall.Open) && EventOf(call, Path.GetFileName(path.AsSpan())) is { } what)
        {
            world.Coverage.Count(what);
        }

        if (call is (DiskCall.Read or DiskCall.Open) && world.Machine.Scheduler.Current == "cold reads")
        {
            world.Coverage.Count("cold read");
        }
    }

    private string? EventOf(DiskCall call, ReadOnlySpan<char> name) => call switch
    {
        DiskCall.Rename when name.StartsWith("journal-") && !name.EndsWith(".new") => "journal wrap",
        DiskCall.Create when name.StartsWith("journal-") => "journal file",
        DiskCall.Rename when name.StartsWith("checkpoint-") => "checkpoint",
        DiskCall.Create when name.StartsWith("segment-") => "move to segments",
        DiskCall.Create when name.StartsWith("spill-") => "spill",
        DiskCall.Open when name.StartsWith("segment-") && world.Machine.Scheduler.Current == "mover" => "rewrite",
        _ => null,
    };
}
