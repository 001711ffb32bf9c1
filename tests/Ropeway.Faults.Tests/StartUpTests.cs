using System.Net;
using System.Net.Sockets;
using System.Text;
using Ropeway.TestKit;
using Ropeway.TestKit.Wire;

namespace Ropeway.Faults.Tests;

/// <summary>What keeps a broker from starting: one clear line, an exit code, and nothing changed on disk.</summary>
public sealed class StartUpTests : IDisposable
{
    private const ushort Channel = 1;

    private readonly TemporaryDirectory _directory = new();
    private readonly BrokerLaunch _launch;

    public StartUpTests() => _launch = new BrokerLaunch { DataDirectory = Path.Combine(_directory.Path, "store") };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Start_DataDirectoryInUse_FailsAndTheOwnerGoesOn()
    {
        using BrokerProcess owner = BrokerProcess.Start(_launch);

        AssertRefuses(_launch, "in use");

        Publish(owner.Endpoint, "still-here", "body"u8);
        Assert.Equal(0, owner.Stop());
    }

    [Fact]
    public void Start_PortInUse_FailsNamingIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        AssertRefuses(_launch with { Port = port }, $":{port}");
    }

    [Fact]
    public void Start_DataDirectoryIsAFile_FailsNamingIt()
    {
        File.WriteAllText(_launch.DataDirectory, "not a directory");

        AssertRefuses(_launch, _launch.DataDirectory);
    }

    [Fact]
    public void Start_ConfigUnreadable_FailsNamingFileAndLine()
    {
        string path = Path.Combine(_directory.Path, "ropeway.json");
        File.WriteAllText(path, "{\n  \"data-dir\": \"x\",\n  oops\n}\n");

        string line = AssertRefuses(_launch with { ExtraArguments = ["--config", path] }, path);

        Assert.Contains("line 3", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Start_UnknownOption_Fails() => AssertRefuses(_launch with { ExtraArguments = ["--no-such-option"] }, "--no-such-option");

    [Fact]
    public void Start_NewerStoreVersion_FailsAndChangesNothing()
    {
        FillAndStop();
        string header = Path.Combine(_launch.DataDirectory, "store");
        byte[] bytes = File.ReadAllBytes(header);
        StoreHeaderPatch.RaiseVersion(bytes);
        File.WriteAllBytes(header, bytes);

        AssertRefusesUnchanged("version");
    }

    [Fact]
    public void Start_StoreHeaderDamaged_FailsAndChangesNothing()
    {
        FillAndStop();
        string header = Path.Combine(_launch.DataDirectory, "store");
        byte[] bytes = File.ReadAllBytes(header);
        bytes[^1] ^= 0xFF;
        bytes[bytes.Length / 2] ^= 0x01;
        File.WriteAllBytes(header, bytes);

        AssertRefusesUnchanged("store");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Start_AllCheckpointsDamaged_FailsAndChangesNothing(double place)
    {
        FillAndStop();
        string[] checkpoints = Directory.GetFiles(_launch.DataDirectory, "checkpoint-*");
        Assert.NotEmpty(checkpoints);
        foreach (string path in checkpoints)
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[(int)(bytes.Length * place)] ^= 0x40;
            File.WriteAllBytes(path, bytes);
        }

        AssertRefusesUnchanged("checkpoint");
    }

    [Fact]
    public void Start_OneMessageDamaged_ServesTheOtherQueues()
    {
        byte[] marked = Encoding.ASCII.GetBytes("THIS BODY WILL BE DAMAGED " + new string('x', 200));
        using (BrokerProcess first = BrokerProcess.Start(_launch))
        {
            for (int number = 0; number < 20; number++)
            {
                Publish(first.Endpoint, "victim", number == 10 ? marked : "another body"u8);
                Publish(first.Endpoint, "bystander", Encoding.ASCII.GetBytes($"bystander {number}"));
            }

            first.Kill();
        }

        Assert.True(DamageWhereFound(marked) > 0);
        using BrokerProcess second = BrokerProcess.Start(_launch);

        var bodies = new CollectedBodies();
        using (WireConnection connection = WireConnection.Open(second.Endpoint, bodies))
        {
            connection.OpenChannel(Channel);
            while (connection.Get(Channel, "bystander"))
            {
                // Collected.
            }
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"bystander {number}"), bodies.Texts, StringComparer.Ordinal);
        Assert.DoesNotContain(GetFromVictim(second.Endpoint), text => text.StartsWith("THIS", StringComparison.Ordinal));
        second.AwaitLog("quarantine");
        Assert.Equal(0, second.Stop());
    }

    private static List<string> GetFromVictim(BrokerEndpoint endpoint)
    {
        var bodies = new CollectedBodies();
        try
        {
            using WireConnection connection = WireConnection.Open(endpoint, bodies);
            connection.OpenChannel(Channel);
            while (connection.Get(Channel, "victim"))
            {
                // Collected.
            }
        }
        catch (WireClosedException closed)
        {
            Assert.Equal(WireMethod.ChannelClose, closed.Method); // An honest error is as good as the intact part.
        }

        return bodies.Texts;
    }

    private static void Publish(BrokerEndpoint endpoint, string queue, ReadOnlySpan<byte> body)
    {
        using WireConnection connection = WireConnection.Open(endpoint);
        connection.OpenChannel(Channel);
        connection.DeclareQueue(Channel, queue);
        connection.SelectConfirms(Channel);
        connection.Output.Publish(Channel, new WirePublish("", queue), body, connection.FrameBytesMax);
        connection.Flush();
        Assert.True(connection.Pump(TestDeadline.Milliseconds)); // The confirm.
        connection.Close();
    }

    private void FillAndStop()
    {
        using BrokerProcess broker = BrokerProcess.Start(_launch);
        Publish(broker.Endpoint, "filled", "body"u8);
        Assert.Equal(0, broker.Stop());
    }

    private int DamageWhereFound(byte[] pattern)
    {
        int found = 0;
        foreach (string path in Directory.EnumerateFiles(_launch.DataDirectory, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            int position = bytes.AsSpan().IndexOf(pattern);
            if (position >= 0)
            {
                bytes[position + pattern.Length - 1] ^= 0x01;
                File.WriteAllBytes(path, bytes);
                found++;
            }
        }

        return found;
    }

    private void AssertRefusesUnchanged(string expected)
    {
        string before = DirectorySnapshot.Take(_launch.DataDirectory);

        AssertRefuses(_launch, expected);

        Assert.Equal(before, DirectorySnapshot.Take(_launch.DataDirectory));
    }

    private static string AssertRefuses(BrokerLaunch launch, string expected)
    {
        (string fileName, IReadOnlyList<string> arguments) = launch.Command();
        ToolRun run = ToolRun.Execute(fileName, arguments);
        string[] lines = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(run.ExitCode is > 0 and < 128, $"Exit code {run.ExitCode}: {run.Errors}\n{run.Output}");
        Assert.True(lines.Length == 1, "Not one line: " + run.Errors);
        Assert.Contains(expected, lines[0], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ropeway ready", run.Output, StringComparison.Ordinal);
        return lines[0];
    }
}
