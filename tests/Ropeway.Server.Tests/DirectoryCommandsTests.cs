using System.Text.Json.Nodes;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Server.Tests;

/// <summary>The commands on real directories: text, JSON and exit codes.</summary>
public sealed class DirectoryCommandsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Verify_WholeDirectory_CountsAndExitsClean()
    {
        Fill();
        Assert.Equal((ExitCode.Clean, string.Empty), Run(out string text, "verify", _directory));
        Assert.Contains("logs      1 with 20 messages that can be read", text, StringComparison.Ordinal);
        Assert.EndsWith("whole" + Environment.NewLine, text, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Clean, string.Empty), Run(out string json, "verify", _directory, "--json"));
        Assert.True((bool)JsonNode.Parse(json)!["isWhole"]!);
        Run(out text, "repair", _directory);
        Assert.EndsWith("nothing to repair" + Environment.NewLine, text, StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyAndRepair_DamagedMessages_NameTheQueueAndServeTheRest()
    {
        Damage(Fill());
        Assert.Equal((ExitCode.DataDamaged, string.Empty), Run(out string text, "verify", _directory));
        Assert.Contains("queue 'orders' of virtual host 'shop' (log 1): offsets 10 to 19, 10 messages lost", text, StringComparison.Ordinal);
        Assert.EndsWith("damaged: 1 place, 10 messages lost; 'ropeway repair' brings the rest back into service" + Environment.NewLine, text, StringComparison.Ordinal);
        Run(out string json, "verify", _directory, "--json");
        JsonNode victim = JsonNode.Parse(json)!["damages"]![0]!["victims"]![0]!;
        Assert.Equal("""{"logId":1,"virtualHost":"shop","queue":"orders","content":"messages","record":"messages","firstOffset":10,"endOffset":20,"lostCount":10}""", victim.ToJsonString());

        Assert.Equal((ExitCode.Clean, string.Empty), Run(out text, "repair", _directory));
        Assert.Contains("saved quarantine/journal-at-", text, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Clean, Run(out text, "verify", _directory).Code);
        Assert.Contains("with 10 messages", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WhatIsNoStore_HasAnExitCodeOfItsOwn()
    {
        Assert.Equal((ExitCode.DataUnusable, $"ropeway: {_directory} holds no store.{Environment.NewLine}"), Run(out _, "verify", _directory));
        using Store store = Open();
        Assert.Equal(ExitCode.DataInUse, Run(out _, "verify", _directory).Code);
        Assert.Equal(ExitCode.DataInUse, Run(out _, "repair", _directory).Code);
    }

    private static (int Code, string Error) Run(out string output, params string[] args)
    {
        var written = new StringWriter();
        var error = new StringWriter();
        int code = CommandLine.Run(args, written, error);
        output = written.ToString();
        return (code, error.ToString());
    }

    private Store Open() => Store.Open(new StoreOptions { Directory = _directory });

    /// <summary>A queue with two batches of ten messages in the journal, one more group behind them; closed without a checkpoint that would know more.</summary>
    private byte[] Fill()
    {
        byte[] mark = "a message of the second batch"u8.ToArray();
        using Store store = Open();
        using var password = new Secret("secret"u8.ToArray());
        using var broker = new Broker(store, new BrokerOptions { FirstStart = new FirstStart("shop", "keeper", password), Time = TimeProvider.System });
        Assert.True(broker.VirtualHosts.TryGet("shop", out VirtualHost? host));
        host.DeclareQueue(new QueueSettings("orders", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
        StoredLog log = Assert.Single(store.Logs);
        Append(log, "a message of the first batch"u8);
        Append(log, mark);
        return mark;
    }

    private static void Append(StoredLog log, ReadOnlySpan<byte> message)
    {
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(10, 10 * message.Length, persistent: true, tag: 0);
            for (int i = 0; i < 10; i++)
            {
                message.CopyTo(space.Add(message.Length));
            }

            space.Complete();
        }
    }

    private void Damage(byte[] mark)
    {
        string journal = Path.Combine(_directory, "journal-0");
        byte[] bytes = File.ReadAllBytes(journal);
        int at = bytes.AsSpan().IndexOf(mark);
        Assert.True(at > 0);
        bytes[at] ^= 1;
        File.WriteAllBytes(journal, bytes);
    }
}
