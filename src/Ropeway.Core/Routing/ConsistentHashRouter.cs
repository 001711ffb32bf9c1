using System.Globalization;
using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>
/// One binding by a hash of what the exchange hashes: each gets messages in proportion to its weight, and a binding that comes or
/// goes moves no messages but its own share. Two bindings of one destination count as one with the higher weight.
/// </summary>
/// <remarks>
/// Rendezvous hashing: each destination draws a number from its own hash and the message's, exponentially distributed with its
/// weight as the rate; the least wins. So the choice depends on the destinations' names only, not on when they were bound, and is the
/// same after a restart. A ring or buckets would find the winner faster but move more when a binding goes.
/// </remarks>
internal sealed class ConsistentHashRouter : Router
{
    private readonly Dictionary<Binding, Share> _shareOf = [];
    private readonly LiveList<Share> _shares = new();
    private readonly byte[]? _header;
    private readonly HashedProperty _property;

    /// <summary>Makes the router of an exchange with these arguments, checked before.</summary>
    public ConsistentHashRouter(FieldTable? arguments)
    {
        if (arguments is not null && arguments.TryGetString(ArgumentNames.HashHeader, out string? header))
        {
            _header = Encoding.UTF8.GetBytes(header);
        }
        else if (arguments is not null && arguments.TryGetString(ArgumentNames.HashProperty, out string? property))
        {
            _property = ExchangeArguments.ParseHashProperty(property);
        }
    }

    /// <inheritdoc/>
    public override bool IsKeyDecisive => _header is null && _property == HashedProperty.None;

    /// <inheritdoc/>
    public override void Route(in RouteRequest request, RouteResult result)
    {
        ulong hash = HashOf(request, result.HeaderFields);
        Share? winner = null;
        double least = double.PositiveInfinity;
        foreach (Share? share in _shares.Items)
        {
            if (share is not null && share.Draw(hash) is var drawn && drawn < least)
            {
                least = drawn;
                winner = share;
            }
        }

        if (winner is not null)
        {
            result.Add(winner.Binding);
        }
    }

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        var share = new Share(binding);
        _shareOf.Add(binding, share);
        _shares.Add(share);
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        if (_shareOf.Remove(binding, out Share? share))
        {
            _shares.Remove(share);
        }
    }

    /// <inheritdoc/>
    public override string Explain(Binding binding, in RouteRequest request, bool isMatched)
    {
        string hashed = _header is not null ? $"header '{Encoding.UTF8.GetString(_header)}'" : _property switch
        {
            HashedProperty.CorrelationId => "the correlation id",
            HashedProperty.MessageId => "the message id",
            HashedProperty.Timestamp => "the timestamp",
            _ => $"the routing key {Quote(request.RoutingKey)}",
        };
        int count = _shares.Items.ToArray().Count(share => share is not null);
        return isMatched
            ? $"the hash of {hashed} chose this binding, of weight {binding.RoutingKey}, among {count}"
            : $"the hash of {hashed} chose another one among {count}; this one has weight {binding.RoutingKey}";
    }

    /// <summary>A header or property that is not there counts as an empty one.</summary>
    private ulong HashOf(in RouteRequest request, HeaderFields fields)
    {
        if (_header is not null)
        {
            fields.Read(request.Headers);
            int place = fields.Find(_header, request.Headers);
            return place < 0 ? StableHash.Compute([]) : HashOf(fields.Fields[place], request.Headers);
        }

        return _property switch
        {
            HashedProperty.CorrelationId => StableHash.Compute(request.CorrelationId),
            HashedProperty.MessageId => StableHash.Compute(request.MessageId),
            HashedProperty.Timestamp => StableHash.Combine(StableHash.Compute([]), request.TimestampSeconds),
            _ => StableHash.Compute(request.RoutingKey),
        };
    }

    private static ulong HashOf(in HeaderField field, ReadOnlySpan<byte> table) => field.Kind is HeaderKind.Bytes or HeaderKind.Other
        ? StableHash.Compute(field.Value(table))
        : StableHash.Combine(StableHash.Compute([]), (ulong)field.Bits);

    private sealed class Share(Binding binding)
    {
        private const double Unit = 1.0 / (1UL << 53);

        private readonly double _weight = int.Parse(binding.RoutingKey, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        private readonly ulong _seed = StableHash.Combine(binding.Destination is Queue ? 1UL : 2UL, StableHash.Compute(Encoding.UTF8.GetBytes(binding.Destination.Name)));

        public Binding Binding { get; } = binding;

        public double Draw(ulong hash)
        {
            double uniform = ((StableHash.Combine(_seed, hash) >> 11) + 0.5) * Unit; // Between 0 and 1, neither included.
            return -Math.Log(uniform) / _weight;
        }
    }
}
