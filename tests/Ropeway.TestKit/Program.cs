using System.Globalization;
using System.Security.Cryptography;
using Ropeway.TestKit;
using Ropeway.TestKit.Api;
using Ropeway.TestKit.Conversations;
using Ropeway.TestKit.Faults;
using Ropeway.TestKit.Images;
using Ropeway.TestKit.Kills;
using Ropeway.TestKit.Long;

const string Usage = """
    kills [COUNT [SEED]]              kill -9 under load, then check the whole history; default 25
    space [MEGABYTES [STUCK_QUEUES [LIMIT_MEGABYTES]]]
                                      push that much through a queue three times; default 10000, 10000 and 1000
    backlog [MESSAGES [BYTES]]        queue them, kill -9, drain; default 10000000 of 100 bytes
    queues [COUNT]                    declare and bind so many, restart twice, delete; default 100000, at most 1000000
    failsync [FROM [TO]]              the Nth sync of a broker under load fails, N from FROM to TO; default 1 to 200
    fulldisk                          a small ext4 runs full under a publisher, and is freed; three times; needs root
    powercuts [COUNT [ext4|xfs [SEED]]]
                                      the power of a real file system fails under load; default 10, half of them on each; needs root
    images [COUNT [SEED]]             states in which a power cut could have left the disk, each opened and checked; default 100
    soak [MINUTES [SEED]]             load of all kinds with slow syncs, a full disk now and then, dropped connections; default 60
    declarations [COUNT [SEED]]       a queue, an exchange and a binding are declared, and the broker is killed within 3 s; default 200
    memory [MEBIBYTES [CONNECTIONS]]  a backlog of that size in a control group of 512 MiB while connections are open; default 10240 and 5000; needs root
    record CONVERSATIONS FILE BROKER  play the conversations of a directory, keep what was said, BROKER as its first line
    record-api SCRIPT FILE BROKER URL play the requests of a script with the API at URL, keep status and shape of what was answered
    """;

using var directory = new TemporaryDirectory();
BrokerLaunch launch = BrokerLaunch.FromEnvironment(directory.Path);
switch (args.FirstOrDefault())
{
    case "kills":
        return Kills(Number(2, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4))));
    case "space":
        long totalBytes = (long)Number(1, 10_000) * 1_000_000;
        int stuckQueues = (int)Number(2, 10_000);
        var space = new SpaceOptions { Launch = launch, TotalBytes = totalBytes, DirectoryBytesMax = (long)Number(3, 1000) * 1_000_000, Log = Console.WriteLine };
        Space("plain", space);
        Space("one unsettled message at the head", space with { HoldsHead = true });
        Space("queues with one stuck message each", space with { StuckQueues = stuckQueues });
        return 0;
    case "backlog":
        BacklogRun.Execute(new BacklogOptions { Launch = launch, MessageCount = (long)Number(1, 10_000_000), BodyBytes = (int)Number(2, 100), Log = Console.WriteLine });
        return 0;
    case "queues" when Number(1, 100_000) is > 0 and <= QueuesOptions.QueueCountMax:
        IReadOnlyList<Figure> figures = QueuesRun.Execute(new QueuesOptions { Launch = launch, QueueCount = (int)Number(1, 100_000), Log = Console.WriteLine });
        return figures.All(figure => figure.IsMet) ? 0 : 1;
    case "failsync":
        return FailSyncs((int)Number(1, 1), (int)Number(2, args.Length > 1 ? Number(1, 1) : 200));
    case "fulldisk":
        FullDisk("low on space", keptBytes: 0);
        FullDisk("no space for a journal file", keptBytes: 55_000_000);
        FullDisk("no space at all, and no limit for it", keptBytes: 0, "--disk-free-limit", "0");
        return 0;
    case "powercuts" when args.Length < 3 || args[2] is "ext4" or "xfs":
        return PowerCuts((int)Number(1, 10), args.Length > 2 ? [args[2]] : ["ext4", "xfs"], Number(3, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4))));
    case "images":
        ulong imageSeed = Number(2, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)));
        int badImages = ImageRun.Execute(new ImageOptions { Images = (int)Number(1, 100), Seed = imageSeed, Log = Console.WriteLine });
        Console.WriteLine($"{badImages} bad images");
        return badImages == 0 ? 0 : 1;
    case "soak":
        ulong soakSeed = Number(2, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)));
        return SoakRun.Execute(new SoakOptions { Duration = TimeSpan.FromMinutes(Number(1, 60)), Seed = soakSeed, Log = Console.WriteLine }) ? 0 : 1;
    case "declarations":
        ulong declarationSeed = Number(2, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)));
        Console.WriteLine($"seed {declarationSeed}");
        DeclarationRun.Execute(launch, (int)Number(1, 200), declarationSeed, Console.WriteLine);
        return 0;
    case "memory":
        MemoryRun.Execute(new MemoryOptions { Launch = launch, MessageCount = (long)Number(1, 10_240) << 10, Connections = (int)Number(2, 5_000), Log = Console.WriteLine });
        return 0;
    case "record" when args.Length == 4:
        IReadOnlyList<Conversation> conversations = Conversation.LoadAll(args[1]);
        int starts = 0;
        BrokerProcess Launch() => BrokerProcess.Start(
            launch with { DataDirectory = Path.Combine(directory.Path, (++starts).ToString(CultureInfo.InvariantCulture)) }, 4 * TestDeadline.Value);
        Recording.Take(conversations, Launch, args[3], timeoutMs: 10_000).Save(args[2], conversations);
        Console.WriteLine($"{args[2]}: {conversations.Count} conversations with {args[3]}");
        return 0;
    case "record-api" when args.Length == 5:
        IReadOnlyList<ApiCall> calls = ApiCall.Load(args[1]);
        using (BrokerProcess broker = BrokerProcess.Start(launch, 4 * TestDeadline.Value))
        using (ApiPlayer player = await ApiPlayer.StartAsync(broker.Endpoint, new Uri(args[4])))
        {
            await player.AwaitStatisticsAsync();
            (await ApiRecording.TakeAsync(calls, player, args[3])).Save(args[2], calls);
        }

        Console.WriteLine($"{args[2]}: {calls.Count} requests with {args[3]}");
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

ulong Number(int position, ulong fallback) => args.Length > position ? ulong.Parse(args[position], CultureInfo.InvariantCulture) : fallback;

int Kills(ulong seed)
{
    Console.WriteLine($"seed {seed}");
    KillReport report = KillRun.Execute(new KillOptions
    {
        Launch = launch,
        Kills = (int)Number(1, 25),
        Seed = seed,
        StartDeadline = 4 * TestDeadline.Value,
        Log = Console.WriteLine,
    });
    Console.WriteLine(report);
    return report.Violations.Count == 0 ? 0 : 1;
}

int FailSyncs(int first, int last)
{
    int badCount = 0;
    var failed = new SortedDictionary<string, int>(StringComparer.Ordinal);
    for (int sync = first; sync <= last; sync++)
    {
        FailSyncReport failSync = FailSyncRun.Execute(sync);
        Console.WriteLine(failSync);
        string kind = failSync.Kind;
        failed[kind] = failed.GetValueOrDefault(kind) + 1;
        badCount += failSync.Violations.Count > 0 || failSync.Failed is null ? 1 : 0;
    }

    Console.WriteLine(string.Join('\n', failed.Select(kind => $"{kind.Value,4} x {kind.Key}")));
    Console.WriteLine($"{last - first + 1} runs, {badCount} with violations");
    return badCount == 0 ? 0 : 1;
}

int PowerCuts(int count, string[] kinds, ulong seed)
{
    int violationCount = 0;
    foreach (string kind in kinds)
    {
        KillReport cuts = PowerCutRun.Execute(kind, Math.Max(1, count / kinds.Length), seed, Console.WriteLine);
        Console.WriteLine($"{kind}, kills are power cuts: {cuts}");
        violationCount += cuts.ViolationCounts.Values.Sum();
    }

    Console.WriteLine($"{violationCount} violations");
    return violationCount == 0 ? 0 : 1;
}

void FullDisk(string name, long keptBytes, params string[] arguments)
{
    Console.WriteLine($"--- {name}");
    using LoopDisk disk = LoopDisk.Make("ext4", 1L << 30);
    FullDiskRun.Execute(new FullDiskOptions { Launch = launch with { ExtraArguments = arguments }, Disk = disk, KeptBytes = keptBytes, Log = Console.WriteLine });
}

void Space(string name, SpaceOptions options)
{
    Console.WriteLine($"--- {name}");
    using var own = new TemporaryDirectory();
    long peakBytes = SpaceRun.Execute(options with { Launch = launch with { DataDirectory = own.Path } });
    Console.WriteLine($"{name}: the data directory was at most {peakBytes / 1_000_000:N0} MB");
}
