using Ropeway.Core;

namespace Ropeway.Management.Live;

/// <summary>Counts over open connections that cost a look at each of them: taken every few seconds for everybody. Any thread.</summary>
internal sealed class ConnectionFigures(Broker broker)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Dictionary<long, int> _consumers = [];
    private long? _countedAt;

    /// <summary>Consumers of some connections, as of the last seconds.</summary>
    public int ConsumersOf(IEnumerable<ConnectionEntry> connections)
    {
        lock (_gate)
        {
            if (_countedAt is not { } at || broker.Time.GetElapsedTime(at) >= Age)
            {
                _consumers = broker.Connections.Entries.ToDictionary(entry => entry.Id, entry => entry.Connection.ListChannels().Sum(channel => channel.Consumers.Count));
                _countedAt = broker.Time.GetTimestamp();
            }

            return connections.Sum(entry => _consumers.GetValueOrDefault(entry.Id));
        }
    }
}
