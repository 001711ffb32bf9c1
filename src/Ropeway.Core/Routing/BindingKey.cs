using System.Security.Cryptography;
using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Routing;

/// <summary>What makes a binding unique: source, destination, routing key and arguments, whose order does not count.</summary>
internal static class BindingKey
{
    private const int HashBytes = 16;

    /// <summary>The bytes that identify the binding within the broker: its key among the stored definitions.</summary>
    public static byte[] Encode(string host, Binding binding) => StoredEntry.BindingKey(
        host,
        binding.Source.Name,
        binding.Destination is Queue,
        binding.Destination.Name,
        binding.RoutingKey,
        EncodedTable.EncodeOrdered(binding.Arguments));

    /// <summary>The binding's name in management among those of the same source and destination.</summary>
    public static string GetPropertiesKey(Binding binding)
    {
        string key = Uri.EscapeDataString(binding.RoutingKey).Replace("~", "%7E", StringComparison.Ordinal);
        if (binding.Arguments is null || binding.Arguments.Count == 0)
        {
            return key.Length == 0 ? "~" : key;
        }

        byte[] hash = SHA256.HashData(EncodedTable.EncodeOrdered(binding.Arguments));
        return key + "~" + Base64UrlText(hash.AsSpan(0, HashBytes));
    }

    private static string Base64UrlText(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
