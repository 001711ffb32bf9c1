using System.Diagnostics;
using Ropeway.TestKit;
using Ropeway.TestKit.Faults;
using Ropeway.TestKit.Wire;

namespace Ropeway.Faults.Tests;

/// <summary>A disk whose syncs are late by seconds now and then: who needs no sync notices nothing.</summary>
public sealed class SlowDiskTests : IWireEvents
{
    private const ushort Channel = 1;
    private const int SlowSyncs = 3;
    private const ushort HeartbeatSeconds = 1;
    private const int RoundTrips = 20;

    private int _confirmedCount;
    private int _deliveredCount;
    private volatile int _heartbeatCount;
    private volatile bool _isStopping;
    private volatile string? _heartFault;

    public void OnMessage(in WireDelivery delivery) => _deliveredCount++;

    public void OnConfirm(WireConfirm confirm) => _confirmedCount++;

    [FaultToolsFact]
    public void Broker_SlowSyncs_HoldUpNeitherHeartbeatsNorTransientTraffic()
    {
        using var directory = new TemporaryDirectory();
        var faults = new DiskFaults(directory.Path) { SlowMs = 2500, SlowOneIn = 2 };
        using BrokerProcess broker = BrokerProcess.Start(faults.On(new BrokerLaunch { DataDirectory = Path.Combine(directory.Path, "store") }));
        using WireConnection durable = Open(broker, connection => connection.DeclareQueue(Channel, "durable"));
        using WireConnection transient = Open(broker, DeclareExclusive);
        var heart = new Thread(() => Beat(broker.Endpoint)) { Name = "idle", IsBackground = true };
        heart.Start();
        int servedCount = 0;

        faults.IsSlow = true;
        long started = Stopwatch.GetTimestamp();
        for (int slowCount = 0; slowCount < SlowSyncs || servedCount == 0;)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TestDeadline.Value, "Nobody was served before a slow sync had ended.");
            int confirmedBefore = _confirmedCount;
            int slowBefore = faults.Notes.Count;
            Publish(durable, "durable", isTransient: false);
            if (!AwaitSlowSync(durable, faults, confirmedBefore, slowBefore))
            {
                continue; // This one was fast.
            }

            slowCount++;
            MakeRoundTrips(transient);
            int heartbeats = _heartbeatCount;
            PumpUntil(transient, () => _heartbeatCount > heartbeats);
            durable.Pump(0);
            servedCount += _confirmedCount == confirmedBefore ? 1 : 0;
            PumpUntil(durable, () => _confirmedCount > confirmedBefore);
        }

        faults.IsSlow = false;
        _isStopping = true;
        heart.Join();
        Assert.Null(_heartFault);
        Assert.Equal(0, broker.Stop());
    }

    /// <summary>A client that does nothing but keep its connection alive. When it was late itself, it begins anew.</summary>
    private void Beat(BrokerEndpoint endpoint)
    {
        while (!_isStopping && _heartFault is null)
        {
            using WireConnection idle = WireConnection.Open(endpoint, heartbeatSeconds: HeartbeatSeconds);
            long beatenAt = Stopwatch.GetTimestamp();
            TimeSpan longest = TimeSpan.Zero;
            try
            {
                while (!_isStopping)
                {
                    idle.Output.Begin(FrameKind.Heartbeat, 0).End();
                    idle.Flush();
                    (longest, beatenAt) = (Longer(longest, beatenAt), Stopwatch.GetTimestamp());
                    _heartbeatCount += idle.Pump(300) ? 1 : 0; // Nothing else comes.
                }
            }
            catch (WireClosedException cause) when (Longer(longest, beatenAt).TotalSeconds < HeartbeatSeconds)
            {
                _heartFault = cause.Message;
            }
            catch (WireClosedException)
            {
                // The broker may have missed it.
            }
        }
    }

    private static TimeSpan Longer(TimeSpan longest, long since) => TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(since).Ticks));

    private WireConnection Open(BrokerProcess broker, Action<WireConnection> declare)
    {
        WireConnection connection = WireConnection.Open(broker.Endpoint, this);
        connection.OpenChannel(Channel);
        connection.SelectConfirms(Channel);
        declare(connection);
        return connection;
    }

    private static void DeclareExclusive(WireConnection connection)
    {
        const byte Exclusive = 4;
        connection.Output.Method(Channel, WireMethod.QueueDeclare).U16(0).ShortString("transient").U8(Exclusive).EmptyTable().End();
        connection.Await(Channel, WireMethod.QueueDeclareOk);
        connection.CloseChannel(Channel);
        connection.OpenChannel(Channel); // Without confirms.
        connection.Consume(Channel, "transient", "", noAck: true);
    }

    private static void Publish(WireConnection connection, string queue, bool isTransient)
    {
        connection.Output.Publish(Channel, new WirePublish("", queue, IsTransient: isTransient), "body"u8, connection.FrameBytesMax);
        connection.Flush();
    }

    /// <summary>False when the confirm came without one.</summary>
    private bool AwaitSlowSync(WireConnection durable, DiskFaults faults, int confirmedBefore, int slowBefore)
    {
        PumpUntil(durable, () => _confirmedCount > confirmedBefore || faults.Notes.Count > slowBefore);
        return _confirmedCount == confirmedBefore;
    }

    private void MakeRoundTrips(WireConnection transient)
    {
        for (int round = 0; round < RoundTrips; round++)
        {
            int delivered = _deliveredCount;
            Publish(transient, "transient", isTransient: true);
            PumpUntil(transient, () => _deliveredCount > delivered);
        }
    }

    private static void PumpUntil(WireConnection connection, Func<bool> isDone)
    {
        long deadlineMs = Environment.TickCount64 + TestDeadline.Milliseconds;
        while (!isDone())
        {
            connection.Pump(5);
            Assert.True(Environment.TickCount64 < deadlineMs, "What should have come did not.");
        }
    }
}
