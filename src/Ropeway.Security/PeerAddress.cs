using System.Net;
using System.Net.Sockets;

namespace Ropeway.Security;

/// <summary>The address by which what one peer does is counted. Pure; any thread.</summary>
public static class PeerAddress
{
    private const int Ipv6PrefixBytes = 8; // One customer has at least a /64 and could change the rest at will.

    /// <summary>An IPv4 address as it is, also where it is mapped to IPv6; of an IPv6 address its /64.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[Ipv6PrefixBytes..].Clear();
        return new IPAddress(bytes);
    }
}
