using System.Globalization;
using System.Runtime.InteropServices;

namespace Ropeway.TestKit.Faults;

/// <summary>
/// A small real file system in a file of its own, on a loop device, whose space can run out and whose power can be cut. Needs root, and
/// mkfs of its kind. Unmounted and deleted when it is disposed. One thread at a time.
/// </summary>
public sealed class LoopDisk : IFillableDisk, IDisposable
{
    private const int SignalStop = 19;
    private const int AttemptsMax = 300;
    private const int AttemptMs = 100;

    private readonly TemporaryDirectory _directory = new();
    private readonly string _kind;
    private readonly string _image;
    private readonly string _mount;

    private LoopDisk(string kind, long bytes)
    {
        _kind = kind;
        _image = Path.Combine(_directory.Path, "image");
        _mount = Directory.CreateDirectory(Path.Combine(_directory.Path, "mount")).FullName;
        using (FileStream image = File.Create(_image))
        {
            image.SetLength(bytes);
        }

        string[] options = kind == "ext4" ? ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=0"] : ["-q", "-f"];
        Run("mkfs." + kind, [.. options, _image]);
    }

    /// <summary>Why there can be none of a kind here; null when there can.</summary>
    /// <param name="kind"><c>ext4</c> or <c>xfs</c>.</param>
    public static string? Obstacle(string kind) =>
        FaultTool.Obstacle ?? (Environment.IsPrivilegedProcess ? FindsMaker(kind) ? null : $"needs mkfs.{kind}" : "needs root, to mount a file system");

    /// <summary>Makes and mounts one.</summary>
    /// <param name="kind"><c>ext4</c> or <c>xfs</c>.</param>
    /// <param name="bytes">Size of the whole.</param>
    public static LoopDisk Make(string kind, long bytes)
    {
        var disk = new LoopDisk(kind, bytes);
        disk.Mount();
        return disk;
    }

    /// <inheritdoc/>
    public BrokerLaunch On(BrokerLaunch launch) => launch with { DataDirectory = Path.Combine(_mount, "store") };

    /// <inheritdoc/>
    public void Fill(long keptBytes)
    {
        long bytes = new DriveInfo(_mount).AvailableFreeSpace - keptBytes;
        if (bytes > 0)
        {
            _ = ToolRun.Execute("fallocate", ["-l", bytes.ToString(CultureInfo.InvariantCulture), Filler]); // What it cannot take is taken next.
        }

        using var rest = new FileStream(Filler + "-rest", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (new DriveInfo(_mount).AvailableFreeSpace > keptBytes)
            {
                rest.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <inheritdoc/>
    public void Free()
    {
        File.Delete(Filler);
        File.Delete(Filler + "-rest");
    }

    /// <summary>
    /// Cuts the power under a broker: freezes it, so that no call can return for data that never arrives, stops the file system without
    /// flushing anything, ends the process, and mounts what the medium holds.
    /// </summary>
    public void Cut(BrokerProcess broker)
    {
        Freeze(broker.ProcessId);
        Run(FaultTool.Program("poweroff"), [_mount]);
        broker.Kill();
        Unmount();
        Mount();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unmount();
        _directory.Dispose();
    }

    private string Filler => Path.Combine(_mount, "filler");

    private static bool FindsMaker(string kind) => new[] { "/usr/sbin", "/sbin", "/usr/bin" }.Any(directory => File.Exists($"{directory}/mkfs.{kind}"));

    private static void Freeze(int processId)
    {
        _ = SendSignal(processId, SignalStop);
        Await("the broker's threads to stand still", () => Directory.GetDirectories($"/proc/{processId}/task").All(IsStopped));
    }

    private static bool IsStopped(string task)
    {
        string line = File.ReadLines(Path.Combine(task, "stat")).First();
        return line[line.LastIndexOf(')') + 2] is 'T' or 'Z' or 'X';
    }

    private static void Await(string what, Func<bool> holds)
    {
        using var pause = new ManualResetEventSlim();
        for (int attempt = 0; !holds(); attempt++)
        {
            if (attempt == AttemptsMax)
            {
                throw new TimeoutException($"Waited in vain for {what}.");
            }

            pause.Wait(AttemptMs);
        }
    }

    private static string Run(string program, IEnumerable<string> arguments)
    {
        ToolRun run = ToolRun.Execute(program, arguments);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException($"{program} failed: {run.Errors}");
    }

    private void Mount() => Run("mount", ["-o", _kind == "xfs" ? "loop,nouuid" : "loop", _image, _mount]);

    private void Unmount()
    {
        Await("the file system to be unmounted", () => !IsMounted() || ToolRun.Execute("umount", [_mount]).ExitCode == 0);
        if (ToolRun.Execute("losetup", ["-j", _image]).Output.Length > 0)
        {
            // Another mount name space holds a copy of the mount, and with it what the cut has taken. A copy of the image is the medium alone.
            Run("cp", ["--sparse=always", _image, _image + ".copy"]);
            File.Move(_image + ".copy", _image, overwrite: true);
        }
    }

    private bool IsMounted() => File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ')[1] == _mount);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
