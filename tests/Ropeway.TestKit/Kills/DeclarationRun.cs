using System.Globalization;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>
/// Declares an exchange, a queue and a binding, deletes an older queue now and then, and kills the broker at a random moment within three seconds of
/// the last reply, sometimes again while it recovers. After each start, and for all of them at the end: what was declared is there, what was deleted is not.
/// </summary>
public sealed class DeclarationRun
{
    private const ushort Channel = 1;
    private const int DelayMaxMs = 3000;
    private const int SoonMaxMs = 10;
    private const int RecoveryKillMaxMs = 300;

    private readonly BrokerLaunch _launch;
    private readonly SeededRandom _random;
    private readonly Action<string> _log;
    private readonly List<int> _there = [];
    private readonly List<int> _deleted = [];
    private int _recoveryKillCount;

    private DeclarationRun(BrokerLaunch launch, ulong seed, Action<string> log)
    {
        _launch = launch;
        _random = new SeededRandom(seed);
        _log = log;
    }

    /// <summary>Runs it; throws when a declaration or deletion is lost.</summary>
    /// <param name="launch">The broker, with its data directory.</param>
    /// <param name="count">How many times it is killed.</param>
    /// <param name="seed">Chooses the moments.</param>
    /// <param name="log">Receives a line now and then.</param>
    public static void Execute(BrokerLaunch launch, int count, ulong seed, Action<string> log) => new DeclarationRun(launch, seed, log).Run(count);

    private void Run(int count)
    {
        for (int round = 0; round < count; round++)
        {
            KillWhileRecovering();
            using BrokerProcess broker = BrokerProcess.Start(_launch, 4 * TestDeadline.Value);
            Check(broker, _there.TakeLast(1), _deleted.TakeLast(1));
            Declare(broker, round);
            using (var pause = new ManualResetEventSlim())
            {
                pause.Wait(_random.OneIn(4) ? _random.Next(0, SoonMaxMs) : _random.Next(0, DelayMaxMs));
            }

            broker.Kill();
            if ((round + 1) % 20 == 0)
            {
                _log($"{round + 1} kills, {_recoveryKillCount} more while it started");
            }
        }

        using BrokerProcess last = BrokerProcess.Start(_launch, 4 * TestDeadline.Value);
        Check(last, _there, _deleted);
        _log($"{count} declarations: {_there.Count} queues are there with their exchanges and bindings, {_deleted.Count} deleted ones are not");
    }

    private void KillWhileRecovering()
    {
        if (_there.Count > 0 && _random.OneIn(3))
        {
            using BrokerProcess broker = BrokerProcess.Spawn(_launch);
            using var pause = new ManualResetEventSlim();
            pause.Wait(_random.Next(0, RecoveryKillMaxMs));
            broker.Kill();
            _recoveryKillCount++;
        }
    }

    private void Declare(BrokerProcess broker, int round)
    {
        using WireConnection connection = WireConnection.Open(broker.Endpoint);
        connection.OpenChannel(Channel);
        if (_there.Count > 1 && _random.OneIn(5))
        {
            int old = _there[_random.Next(0, _there.Count - 1)];
            connection.DeleteQueue(Channel, Name(old));
            _there.Remove(old);
            _deleted.Add(old);
        }

        connection.DeclareExchange(Channel, Name(round), "topic");
        connection.DeclareQueue(Channel, Name(round));
        connection.BindQueue(Channel, Name(round), Name(round), "made.*");
        _there.Add(round);
    }

    /// <summary>Each queue must get one more message over its binding, which is taken again; a deleted one must be unknown.</summary>
    private static void Check(BrokerProcess broker, IEnumerable<int> there, IEnumerable<int> deleted)
    {
        using WireConnection connection = WireConnection.Open(broker.Endpoint, new Confirms());
        connection.OpenChannel(Channel);
        connection.SelectConfirms(Channel);
        foreach (int number in there)
        {
            Require(broker, connection.DeclareQueue(Channel, Name(number), isPassive: true) == 0, $"{Name(number)} has messages before any were published.");
            connection.Output.Publish(Channel, new WirePublish(Name(number), "made.now", IsTransient: true), new byte[MessageBody.BytesMin], connection.FrameBytesMax);
            Require(broker, connection.Get(Channel, Name(number)), $"The binding of {Name(number)} is lost.");
            connection.Output.Method(Channel, WireMethod.BasicAck).U64(0).U8(1).End();
            connection.SetPrefetch(Channel, 1); // Its reply comes after the acknowledgement was taken.
        }

        foreach (int number in deleted)
        {
            using WireConnection other = WireConnection.Open(broker.Endpoint);
            other.OpenChannel(Channel);
            try
            {
                other.DeclareQueue(Channel, Name(number), isPassive: true);
            }
            catch (WireClosedException closed) when (closed.Code == 404)
            {
                continue;
            }

            throw new InvalidOperationException($"{Name(number)} was deleted and has come back.\n{broker.Log}");
        }
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"made-{number}");

    private static void Require(BrokerProcess broker, bool isKept, string text)
    {
        if (!isKept)
        {
            throw new InvalidOperationException($"{text}\n{broker.Log}");
        }
    }

    private sealed class Confirms : IWireEvents
    {
        public void OnMessage(in WireDelivery delivery)
        {
        }

        public void OnConfirm(WireConfirm confirm)
        {
        }
    }
}
