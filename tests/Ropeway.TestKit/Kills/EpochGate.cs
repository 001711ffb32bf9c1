namespace Ropeway.TestKit.Kills;

/// <summary>Keeps the workers of a kill run in step with the broker: they run between a start and a kill, and wait in between.</summary>
internal sealed class EpochGate
{
    private readonly object _gate = new();
    private BrokerEndpoint? _endpoint;
    private long _epoch;
    private int _runningCount;
    private bool _isStopped;
    private volatile bool _isClosing = true;
    private volatile bool _mayEnd;

    /// <summary>The broker is being killed: losing the connection is expected.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>Losing the connection is expected: the broker is being killed, or may end by itself.</summary>
    public bool IsLossExpected => _isClosing || _mayEnd;

    /// <summary>Lets the workers run against a started broker.</summary>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="mayEnd">It is going to end by itself at any moment.</param>
    public void Open(BrokerEndpoint endpoint, bool mayEnd = false)
    {
        lock (_gate)
        {
            _mayEnd = mayEnd;
            _endpoint = endpoint;
            _epoch++;
            _isClosing = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>From now on lost connections are expected and nobody starts anew.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _endpoint = null;
            _isClosing = true;
        }
    }

    /// <summary>Waits until no worker runs.</summary>
    public void AwaitParked()
    {
        lock (_gate)
        {
            while (_runningCount > 0)
            {
                if (!Monitor.Wait(_gate, TestDeadline.Value))
                {
                    throw new TimeoutException("A worker did not notice that the broker is gone.");
                }
            }
        }
    }

    /// <summary>Ends all workers.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            _endpoint = null;
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the next epoch; false when there is none.</summary>
    public bool TryEnter(ref long lastEpoch, out BrokerEndpoint? endpoint)
    {
        lock (_gate)
        {
            while (!_isStopped && (_endpoint is null || _epoch == lastEpoch))
            {
                Monitor.Wait(_gate);
            }

            endpoint = _endpoint;
            lastEpoch = _epoch;
            _runningCount += _isStopped ? 0 : 1;
            return !_isStopped;
        }
    }

    /// <summary>Says that a worker has handled all that the broker had sent.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _runningCount--;
            Monitor.PulseAll(_gate);
        }
    }
}
