using System.Text.Json.Serialization;

namespace Ropeway.Management.Views;

/// <summary>A queue as lists on the management page show it. Rates are messages a second, smoothed over some seconds.</summary>
/// <param name="Vhost">Its virtual host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Durable">Whether it outlives the broker.</param>
/// <param name="Waiting">Ready messages.</param>
/// <param name="Held">Messages that consumers hold.</param>
/// <param name="Consumers">Consumers on it.</param>
/// <param name="InRate">Messages that it takes.</param>
/// <param name="OutRate">Messages that consumers get.</param>
/// <param name="AckRate">Messages that leave.</param>
/// <param name="Oldest">How long the oldest ready message waits, in seconds; null when none waits or it is not known.</param>
/// <param name="EmptyIn">When it will be empty at the pace of the last minute; null when nothing waits or nobody takes.</param>
/// <param name="State">How it is, in a word.</param>
/// <param name="Reason">Why it is so, when it needs a look.</param>
/// <param name="Policy">The policy that holds for it, or null.</param>
/// <param name="Stream">What a stream has beyond other queues; left out for these.</param>
internal sealed record QueueRowView(
    string Vhost,
    string Name,
    string Type,
    bool Durable,
    long Waiting,
    long Held,
    int Consumers,
    double InRate,
    double OutRate,
    double AckRate,
    [property: JsonPropertyName("oldest_s")] double? Oldest,
    [property: JsonPropertyName("empty_in_s")] EmptyIn? EmptyIn,
    string State,
    string? Reason,
    string? Policy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StreamView? Stream);
