using System.Net.Sockets;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>One client of a kill run with its own thread: works until its connection dies, waits for the next start, goes on.</summary>
internal abstract class KillWorker : IWireEvents
{
    private readonly EpochGate _gate;
    private readonly Action<string> _fail;
    private readonly string _name;
    private readonly Thread _thread;
    private long _epoch;

    protected KillWorker(string name, KillContext context)
    {
        _name = name;
        _gate = context.Gate;
        _fail = context.Fail;
        History = context.History;
        Random = context.Random.Fork(1);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    protected DeliveryHistory History { get; }

    protected SeededRandom Random { get; }

    /// <summary>The broker is being killed: nothing new is started.</summary>
    protected bool IsClosing => _gate.IsClosing;

    public void Start() => _thread.Start();

    public void Join() => _thread.Join();

    public abstract void OnMessage(in WireDelivery delivery);

    public abstract void OnConfirm(WireConfirm confirm);

    /// <summary>Works until the connection is lost, or returns when the broker is being killed.</summary>
    protected abstract void Work(BrokerEndpoint endpoint);

    /// <summary>Reads what the dying broker had sent, until its socket ends.</summary>
    protected static void ReadToEnd(WireConnection connection)
    {
        while (connection.Pump(TestDeadline.Milliseconds))
        {
            // Everything is handled by the events.
        }
    }

    private void Run()
    {
        while (_gate.TryEnter(ref _epoch, out BrokerEndpoint? endpoint))
        {
            try
            {
                Work(endpoint!);
            }
            catch (Exception cause) when (_gate.IsLossExpected && cause is WireClosedException or SocketException or IOException)
            {
                // The kill, or whatever else ended the broker.
            }
#pragma warning disable CA1031 // The thread's top: whatever went wrong fails the run.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                if (!IsClosing)
                {
                    _fail($"{_name}: {cause}");
                }
            }
            finally
            {
                _gate.Leave();
            }
        }
    }
}
