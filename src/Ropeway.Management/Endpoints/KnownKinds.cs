using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary>What clients may choose from, for the overview and the node.</summary>
internal static class KnownKinds
{
    /// <summary>Types of exchanges.</summary>
    public static IReadOnlyList<KindView> ExchangeTypes { get; } =
    [
        new("direct", "The routing key equals the binding's key", Enabled: true),
        new("fanout", "Every binding", Enabled: true),
        new("headers", "The binding's arguments are compared with the message's headers", Enabled: true),
        new("topic", "The binding's key is a pattern of words", Enabled: true),
        new("x-consistent-hash", "One of the bindings by a hash of the routing key or of a header, each by its weight", Enabled: true),
        new("x-delayed-message", "As another type, after the time in the header x-delay", Enabled: true),
        new("x-modulus-hash", "One of the bindings by a hash of the routing key", Enabled: true),
        new("x-random", "One of the bindings by chance", Enabled: true),
        new("x-recent-history", "Every binding; new ones get the last messages", Enabled: true),
    ];

    /// <summary>Ways to log in over AMQP.</summary>
    public static IReadOnlyList<KindView> LoginMechanisms { get; } =
    [
        new("PLAIN", "Name and password (RFC 4616)", Enabled: true),
        new("AMQPLAIN", "Name and password in a field table", Enabled: true),
        new("EXTERNAL", "The client's certificate, where it is verified and stands for a user", Enabled: true),
    ];
}
