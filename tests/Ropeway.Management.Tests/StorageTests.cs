using System.Buffers;
using System.Text.Json;
using Ropeway.Storage;

namespace Ropeway.Management.Tests;

/// <summary>What scrubbing finds is shown with queue and sequence numbers; backups.</summary>
public sealed class StorageTests
{
    [Fact]
    public async Task StorageCheck_OfADamagedBody_NamesTheQueue()
    {
        using var own = new ManagementRig();
        await own.InitializeAsync();
        own.AddUser("watcher", "monitoring");
        own.AddUser("worker", "management");
        Assert.Equal(201, await own.StatusAsync("PUT", "/api/queues/%2F/orders", """{"durable":true}"""));
        await AppendLargeAsync(own.Store);
        own.Store.Scrub();
        JsonElement before = await own.JsonAsync("GET", "/api/health/checks/storage", login: "watcher:watcher");
        Assert.Equal("ok", before.GetProperty("status").GetString());
        Assert.True(before.GetProperty("scrubbed_bytes").GetInt64() > 100_000);

        Flip(Path.Combine(own.DataDirectory, "body-1"), 5000);
        own.Store.Scrub();
        JsonElement damage = (await own.JsonAsync("GET", "/api/health/checks/storage")).GetProperty("damages")[0];
        JsonElement queue = await own.JsonAsync("GET", "/api/queues/%2F/orders");
        int status = await own.StatusAsync("GET", "/api/health/checks/storage");
        int refused = await own.StatusAsync("GET", "/api/health/checks/storage", login: "worker:worker");
        await ((IAsyncLifetime)own).DisposeAsync();

        Assert.Equal((503, 401), (status, refused));
        Assert.Equal("""[{"vhost":"/","queue":"orders","first_sequence":0,"end_sequence":1,"messages":1}]""", damage.GetProperty("victims").GetRawText());
        Assert.Equal(("body-1", 64L), (damage.GetProperty("file").GetString(), damage.GetProperty("position").GetInt64()));
        Assert.Equal("crashed", queue.GetProperty("state").GetString());
        Assert.Equal("offset 0 is damaged in body-1 at position 64", queue.GetProperty("out_of_service").GetString());
    }

    [Fact]
    public async Task Backup_OfABroker_IsForAdministratorsAndRestores()
    {
        using var own = new ManagementRig();
        await own.InitializeAsync();
        own.AddUser("watcher", "monitoring");
        Assert.Equal(201, await own.StatusAsync("PUT", "/api/queues/%2F/orders", """{"durable":true}"""));
        await AppendLargeAsync(own.Store);
        Assert.Equal(401, await own.StatusAsync("GET", "/api/backup", login: "watcher:watcher"));
        using (HttpResponseMessage response = await own.SendAsync("GET", "/api/backup"))
        {
            Assert.Equal("application/x-tar", response.Content.Headers.ContentType?.MediaType);
            using Stream archive = await response.Content.ReadAsStreamAsync();
            string restored = Path.Combine(own.DataDirectory, "transient", "restored");
            StoreRestore.Run(archive, new StoreOptions { Directory = restored }, out StoreReport report);
            Assert.True(report.IsWhole);
            Assert.Equal((1L, 1), (report.RecordCount, report.BodyCount));
        }

        JsonElement act = (await own.JsonAsync("GET", "/api/ropeway/audit"))[0];
        Assert.Equal(("guest", "take backup", "done"), (act.GetProperty("user").GetString(), act.GetProperty("act").GetString(), act.GetProperty("result").GetString()));
        (int Status, string Error, string Reason) busy;
        using (own.Store.TryBeginBackup())
        {
            busy = await own.RefusalAsync("GET", "/api/backup");
        }

        await ((IAsyncLifetime)own).DisposeAsync();
        Assert.Equal((503, "busy", "Another backup is under way"), busy);
    }

    private static async Task AppendLargeAsync(Store store)
    {
        ulong body = await store.WriteBodyAsync(new ReadOnlySequence<byte>(new byte[100_000]), CancellationToken.None);
        StoredLog log = Assert.Single(store.Logs);
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppendExternal(30, persistent: true, tag: 0, body);
            space.Add(30).Clear();
            space.Complete();
        }

        store.ReleaseBody(body);
    }

    private static void Flip(string path, int position)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[position] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
