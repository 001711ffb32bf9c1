using Ropeway.Core;
using Ropeway.Management.Http;
using Ropeway.Management.Samples;
using Ropeway.Management.Views;
using Ropeway.Messages;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/connections</c>: who has no tag for more sees and closes its own.</summary>
internal static class ConnectionEndpoints
{
    private const string DefaultReason = "Closed via management plugin"; // In RabbitMQ's words, because clients' tests look for it.
    private const int ReasonCharsMax = 200; // A reply text holds 255 bytes with the code's name.

    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/connections", ApiAccess.Management, List),
        new("GET", "/api/vhosts/{vhost}/connections", ApiAccess.Management, List),
        new("GET", "/api/connections/username/{user}", ApiAccess.Management, List),
        new("GET", "/api/connections/{name}", ApiAccess.Management, Get),
        new("DELETE", "/api/connections/{name}", ApiAccess.Management, Delete),
        new("DELETE", "/api/connections/username/{user}", ApiAccess.Management, DeleteOfUser),
    ];

    /// <summary>The connections that a user may see.</summary>
    public static IEnumerable<ConnectionEntry> VisibleTo(ApiRequest request) =>
        request.Broker.Connections.Entries.Where(entry => request.IsMonitor || entry.User == request.User.Name);

    /// <summary>The connection of a name that a user may see.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    public static ConnectionEntry Find(ApiRequest request, string name) =>
        VisibleTo(request).FirstOrDefault(entry => entry.Name == name) ?? throw ApiException.NotFound();

    private static ApiReply List(ApiRequest request)
    {
        string? host = request.Has("vhost") ? request.Host().Name : null;
        string? user = request.Has("user") ? request["user"] : null;
        IEnumerable<ConnectionView> views = VisibleTo(request)
            .Where(entry => (host is null || entry.VirtualHost == host) && (user is null || entry.User == user))
            .OrderBy(entry => entry.Id)
            .Select(entry => ViewOf(request.Broker, entry));
        return ApiReply.List(request.PagedQuery(), views, view => view.Name, ViewJson.Default.ConnectionView, ViewJson.Default.IEnumerableConnectionView);
    }

    private static ApiReply Get(ApiRequest request) =>
        ApiReply.Item(request.WholeQuery(), ViewOf(request.Broker, Find(request, request["name"])), ViewJson.Default.ConnectionView);

    private static ApiReply Delete(ApiRequest request)
    {
        ConnectionEntry entry = Find(request, request["name"]);
        RequireClosable(request, entry.User);
        entry.Connection.Close(ReasonOf(request));
        return ApiReply.NoContent;
    }

    private static ApiReply DeleteOfUser(ApiRequest request)
    {
        RequireClosable(request, request["user"]);
        request.Broker.Connections.Close(entry => entry.User == request["user"], ReasonOf(request));
        return ApiReply.NoContent;
    }

    private static void RequireClosable(ApiRequest request, string user)
    {
        if (!request.IsAdministrator && user != request.User.Name)
        {
            throw ApiException.NotAuthorised("Not administrator user");
        }
    }

    private static string ReasonOf(ApiRequest request)
    {
        string? given = request.Header("X-Reason");
        return string.IsNullOrEmpty(given) ? DefaultReason : given[..Math.Min(given.Length, ReasonCharsMax)];
    }

    private static ConnectionView ViewOf(Broker broker, ConnectionEntry entry)
    {
        ConnectionTraffic traffic = entry.Connection.Traffic;
        SampledTraffic? sampled = SampledTraffic.Find(entry);
        return Describe(broker, entry) with
        {
            RecvOct = traffic.ReceivedBytes,
            RecvOctDetails = sampled?.Received ?? RateView.None,
            RecvCnt = traffic.ReceiveCount,
            SendOct = traffic.SentBytes,
            SendOctDetails = sampled?.Sent ?? RateView.None,
            SendCnt = traffic.SendCount,
            SendPend = traffic.WaitingBytes,
        };
    }

    private static ConnectionView Describe(Broker broker, ConnectionEntry entry) => new(
        entry.Name,
        broker.NodeName,
        Type: "network",
        entry.Protocol,
        entry.User,
        entry.VirtualHost,
        entry.Connection.State,
        entry.Connection.BlockedReason,
        entry.Connection.ChannelCount,
        entry.Local.Address.ToString(),
        entry.Local.Port,
        entry.Remote.Address.ToString(),
        entry.Remote.Port,
        entry.Mechanism,
        Ssl: entry.Tls is not null,
        entry.Tls?.Version,
        entry.Tls?.CipherSuite,
        entry.Tls?.Peer?.DistinguishedName,
        entry.Tls?.Peer?.Issuer,
        entry.Tls?.Peer is { } peer ? $"{IsoTime.Of(peer.ValidFrom)} - {IsoTime.Of(peer.ValidTo)}" : null,
        FieldTableCodec.TryRead(entry.ClientProperties.Span, out FieldTable? properties, out _) ? properties : [],
        entry.ConnectedAt.ToUnixTimeMilliseconds(),
        entry.User)
    {
        ChannelMax = entry.ChannelMax,
        FrameMax = entry.FrameBytesMax,
        Timeout = entry.HeartbeatSeconds,
        RecvOctDetails = RateView.None,
        SendOctDetails = RateView.None,
    };
}
