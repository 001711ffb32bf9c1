using System.Globalization;

namespace Ropeway.TestKit.Conversations;

/// <summary>Every method of AMQP 0-9-1 and of RabbitMQ's extensions, and the properties of class basic. Immutable.</summary>
public static class MethodShapes
{
    // Class.method, name, arguments; a name without a kind is a bit. Types: o octet, s short, l long, q longlong, n short string, t long string, m table.
    private const string Text = """
        10.10 connection.start version-major:o version-minor:o server-properties:m mechanisms:t locales:t
        10.11 connection.start-ok client-properties:m mechanism:n response:t locale:n
        10.20 connection.secure challenge:t
        10.21 connection.secure-ok response:t
        10.30 connection.tune channel-max:s frame-max:l heartbeat:s
        10.31 connection.tune-ok channel-max:s frame-max:l heartbeat:s
        10.40 connection.open virtual-host:n reserved-1:n reserved-2
        10.41 connection.open-ok reserved-1:n
        10.50 connection.close reply-code:s reply-text:n class-id:s method-id:s
        10.51 connection.close-ok
        10.60 connection.blocked reason:n
        10.61 connection.unblocked
        10.70 connection.update-secret new-secret:t reason:n
        10.71 connection.update-secret-ok
        20.10 channel.open reserved-1:n
        20.11 channel.open-ok reserved-1:t
        20.20 channel.flow active
        20.21 channel.flow-ok active
        20.40 channel.close reply-code:s reply-text:n class-id:s method-id:s
        20.41 channel.close-ok
        30.10 access.request realm:n exclusive passive active write read
        30.11 access.request-ok reserved-1:s
        40.10 exchange.declare reserved-1:s exchange:n type:n passive durable auto-delete internal no-wait arguments:m
        40.11 exchange.declare-ok
        40.20 exchange.delete reserved-1:s exchange:n if-unused no-wait
        40.21 exchange.delete-ok
        40.30 exchange.bind reserved-1:s destination:n source:n routing-key:n no-wait arguments:m
        40.31 exchange.bind-ok
        40.40 exchange.unbind reserved-1:s destination:n source:n routing-key:n no-wait arguments:m
        40.51 exchange.unbind-ok
        50.10 queue.declare reserved-1:s queue:n passive durable exclusive auto-delete no-wait arguments:m
        50.11 queue.declare-ok queue:n message-count:l consumer-count:l
        50.20 queue.bind reserved-1:s queue:n exchange:n routing-key:n no-wait arguments:m
        50.21 queue.bind-ok
        50.30 queue.purge reserved-1:s queue:n no-wait
        50.31 queue.purge-ok message-count:l
        50.40 queue.delete reserved-1:s queue:n if-unused if-empty no-wait
        50.41 queue.delete-ok message-count:l
        50.50 queue.unbind reserved-1:s queue:n exchange:n routing-key:n arguments:m
        50.51 queue.unbind-ok
        60.10 basic.qos prefetch-size:l prefetch-count:s global
        60.11 basic.qos-ok
        60.20 basic.consume reserved-1:s queue:n consumer-tag:n no-local no-ack exclusive no-wait arguments:m
        60.21 basic.consume-ok consumer-tag:n
        60.30 basic.cancel consumer-tag:n no-wait
        60.31 basic.cancel-ok consumer-tag:n
        60.40 basic.publish reserved-1:s exchange:n routing-key:n mandatory immediate
        60.50 basic.return reply-code:s reply-text:n exchange:n routing-key:n
        60.60 basic.deliver consumer-tag:n delivery-tag:q redelivered exchange:n routing-key:n
        60.70 basic.get reserved-1:s queue:n no-ack
        60.71 basic.get-ok delivery-tag:q redelivered exchange:n routing-key:n message-count:l
        60.72 basic.get-empty reserved-1:n
        60.80 basic.ack delivery-tag:q multiple
        60.90 basic.reject delivery-tag:q requeue
        60.100 basic.recover-async requeue
        60.110 basic.recover requeue
        60.111 basic.recover-ok
        60.120 basic.nack delivery-tag:q multiple requeue
        85.10 confirm.select no-wait
        85.11 confirm.select-ok
        90.10 tx.select
        90.11 tx.select-ok
        90.20 tx.commit
        90.21 tx.commit-ok
        90.30 tx.rollback
        90.31 tx.rollback-ok
        """;

    private static readonly Dictionary<string, MethodShape> ByName = Text.Split('\n').Select(Parse).ToDictionary(shape => shape.Name, StringComparer.Ordinal);

    private static readonly Dictionary<uint, MethodShape> ById = ByName.Values.ToDictionary(shape => shape.Id);

    /// <summary>All methods, by class and method number.</summary>
    public static IReadOnlyList<MethodShape> All { get; } = [.. ByName.Values.OrderBy(shape => shape.Id)];

    /// <summary>The properties of class basic in the order of their flags, the first at 0x8000.</summary>
    public static IReadOnlyList<MethodField> Properties { get; } =
    [
        .. "content-type:n content-encoding:n headers:m delivery-mode:o priority:o correlation-id:n reply-to:n expiration:n message-id:n timestamp:q type:n user-id:n app-id:n cluster-id:n"
            .Split(' ').Select(ParseField),
    ];

    /// <summary>The method of that name, or null.</summary>
    public static MethodShape? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The method of those numbers, or null.</summary>
    public static MethodShape? Find(uint id) => ById.GetValueOrDefault(id);

    private static MethodShape Parse(string line)
    {
        string[] parts = line.Trim().Split(' ');
        string[] numbers = parts[0].Split('.');
        uint id = (uint.Parse(numbers[0], CultureInfo.InvariantCulture) << 16) | uint.Parse(numbers[1], CultureInfo.InvariantCulture);
        return new MethodShape(id, parts[1], [.. parts.Skip(2).Select(ParseField)]);
    }

    private static MethodField ParseField(string text)
    {
        string[] parts = text.Split(':');
        FieldKind kind = parts.Length == 1 ? FieldKind.Bit : parts[1] switch
        {
            "o" => FieldKind.Octet,
            "s" => FieldKind.Short,
            "l" => FieldKind.Long,
            "q" => FieldKind.LongLong,
            "n" => FieldKind.ShortString,
            "t" => FieldKind.LongString,
            _ => FieldKind.Table,
        };
        return new MethodField(parts[0], kind);
    }
}
