using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Ropeway.Core;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Management.Samples;
using Ropeway.Management.Sessions;
using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>A request of a user that has logged in, as endpoints see it. One thread at a time.</summary>
internal sealed class ApiRequest(HttpContext context, Broker broker, Sampler sampler, User user, IReadOnlyDictionary<string, string> path)
{
    private const int PieceBytes = 16 * 1024;
    private const int BoundaryCharsMax = 70;

    /// <summary>The broker.</summary>
    public Broker Broker => broker;

    /// <summary>Knows rates.</summary>
    public Sampler Sampler => sampler;

    /// <summary>Who asks.</summary>
    public User User => user;

    /// <summary>The session that the request's cookie belongs to; null when it came with a password.</summary>
    public Session? Session { get; init; }

    /// <summary>Longest body that is read, in bytes.</summary>
    public int BodyBytesMax { get; init; } = ManagementLimits.BodyBytesMax;

    /// <summary>What the act is about, for the list of acts; null for the names in the path.</summary>
    public string? ActObject { get; set; }

    /// <summary>How many messages the answer shows; null when none were looked at. For endpoints that read messages.</summary>
    public int? ShownCount { get; set; }

    /// <summary>The request itself.</summary>
    public HttpContext Context => context;

    /// <summary>Where it came from.</summary>
    public IPAddress Remote => context.Connection.RemoteIpAddress!;

    /// <summary>Whether the user sees what others do.</summary>
    public bool IsMonitor => user.HasTag(UserTags.Administrator) || user.HasTag(UserTags.Monitoring);

    /// <summary>Whether the user may do everything in management.</summary>
    public bool IsAdministrator => user.HasTag(UserTags.Administrator);

    /// <summary>The client has gone, or the server stops.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>A segment of the path.</summary>
    public string this[string name] => path[name];

    /// <summary>Whether the path has a segment of this name.</summary>
    public bool Has(string name) => path.ContainsKey(name);

    /// <summary>A parameter of the query is <c>true</c>.</summary>
    public bool IsSet(string parameter) => context.Request.Query[parameter] == "true";

    /// <summary>A parameter of the query, or null.</summary>
    public string? Parameter(string name) => context.Request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) ? values.ToString() : null;

    /// <summary>All values of a parameter of the query.</summary>
    public IReadOnlyList<string> Parameters(string name) => [.. context.Request.Query[name].OfType<string>()];

    /// <summary>What is wanted of a list that comes in pages.</summary>
    /// <exception cref="ApiException">The query is malformed.</exception>
    public ListQuery PagedQuery() => ListQuery.Read(Parameter, canPage: true, Broker.Time);

    /// <summary>What is wanted of one object, or of a list that goes out whole.</summary>
    public ListQuery WholeQuery() => ListQuery.Read(Parameter, canPage: false, Broker.Time);

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => context.Request.Headers.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) ? values.ToString() : null;

    /// <summary>The virtual host that the path names, which the user may enter.</summary>
    /// <exception cref="ApiException">There is none, or the user may not.</exception>
    public VirtualHost Host()
    {
        if (!broker.VirtualHosts.TryGet(path["vhost"], out VirtualHost? host))
        {
            throw ApiException.NotFound("vhost_not_found");
        }

        return broker.Permissions.CanEnter(user, host.Name) ? host : throw ApiException.NotAuthorised("User not authorised to access virtual host");
    }

    /// <summary>A virtual host that the user may enter, for endpoints that RabbitMQ does not have.</summary>
    /// <exception cref="ApiException">There is none of that name, or the user may not.</exception>
    public VirtualHost Host(string name)
    {
        if (!broker.VirtualHosts.TryGet(name, out VirtualHost? host))
        {
            throw ApiException.NotFound($"no vhost '{name}'");
        }

        return broker.Permissions.CanEnter(user, name) ? host : throw ApiException.Forbidden($"user '{user.Name}' has no permissions in vhost '{name}'");
    }

    /// <summary>Refuses with the name of the permission that is missing, for endpoints that RabbitMQ does not have.</summary>
    /// <param name="host">The virtual host.</param>
    /// <param name="operation">What is to be done.</param>
    /// <param name="name">A queue's or exchange's name.</param>
    /// <param name="resource">The same for people, from <see cref="RefusalTexts"/>.</param>
    public void RequireNamed(VirtualHost host, AccessOperation operation, string name, string resource)
    {
        if (RefusalOf(broker, user, host, operation, name, resource) is { } refusal)
        {
            throw ApiException.Forbidden(refusal);
        }
    }

    /// <summary>Which permission a user lacks, as a text; null when it has it.</summary>
    public static string? RefusalOf(Broker broker, User user, VirtualHost host, AccessOperation operation, string name, string resource) =>
        broker.Permissions.Authorize(user, host.Name, operation, name) ? null : $"user '{user.Name}' lacks the permission {operation.ToString().ToLowerInvariant()} on {resource}";

    /// <summary>The virtual hosts that a list covers: the one that the path names, else all that the user may enter.</summary>
    public IEnumerable<VirtualHost> Hosts() => Has("vhost")
        ? [Host()]
        : broker.VirtualHosts.All.Where(host => broker.Permissions.CanEnter(user, host.Name)).OrderBy(host => host.Name, StringComparer.Ordinal);

    /// <summary>As <see cref="Hosts"/>, for lists in which monitoring sees every virtual host.</summary>
    public IEnumerable<VirtualHost> VisibleHosts()
    {
        if (!IsMonitor)
        {
            return Hosts();
        }

        IEnumerable<VirtualHost> all = broker.VirtualHosts.All.Where(host => !Has("vhost") || host.Name == path["vhost"]).OrderBy(host => host.Name, StringComparer.Ordinal);
        return Has("vhost") && !all.Any() ? throw ApiException.NotFound() : all;
    }

    /// <summary>Refuses unless the user's permissions allow it.</summary>
    /// <param name="host">The virtual host.</param>
    /// <param name="operation">What is to be done.</param>
    /// <param name="resource">A queue's or exchange's name.</param>
    public void Require(VirtualHost host, AccessOperation operation, string resource)
    {
        if (!broker.Permissions.Authorize(user, host.Name, operation, resource))
        {
            throw ApiException.NotAuthorised("Access refused.");
        }
    }

    /// <summary>Refuses unless the user may bind from the exchange with this routing key, when that is a topic exchange.</summary>
    public void RequireTopic(VirtualHost host, string source, string routingKey)
    {
        if (host.TryGetExchange(source, out Exchange? exchange)
            && exchange.Type == ExchangeType.Topic
            && !broker.Permissions.Topics.Authorize(user, host.Name, AccessOperation.Read, source, routingKey))
        {
            throw ApiException.NotAuthorised("Access refused.");
        }
    }

    /// <summary>Waits until a change is durable.</summary>
    public Task CommitAsync(ulong index) => broker.Durability.WaitAsync(index, Aborted);

    /// <summary>Reads the body, one JSON object; an empty body counts as an empty object.</summary>
    /// <param name="nestingMax">Deepest nesting.</param>
    /// <exception cref="ApiException">It is no JSON, no object, nested too deeply, or too long.</exception>
    public async Task<JsonBody> ReadBodyAsync(int nestingMax = JsonBody.NestingMax)
    {
        using MemoryStream bytes = await ReadBytesAsync().ConfigureAwait(false);
        return JsonBody.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), nestingMax);
    }

    /// <summary>Reads definitions, one JSON object: the body, or a file of it where the body is a form with files (multipart/form-data).</summary>
    /// <param name="field">The field that has the file.</param>
    /// <exception cref="ApiException">It is no JSON, no object, too long, or there is no such field.</exception>
    public async Task<JsonBody> ReadDefinitionsAsync(string field)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadBodyAsync(JsonBody.DefinitionsNestingMax).ConfigureAwait(false);
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > BoundaryCharsMax)
        {
            throw ApiException.BadRequest($"the boundary of a form has 1 to {BoundaryCharsMax} characters (RFC 2046), this one has {boundary.Length}");
        }

        using MemoryStream bytes = await ReadBytesAsync().ConfigureAwait(false);
        bytes.Position = 0;
        try
        {
            var parts = new MultipartReader(boundary, bytes);
            while (await parts.ReadNextSectionAsync(Aborted).ConfigureAwait(false) is { } part)
            {
                if (part.GetContentDispositionHeader() is { } disposition && HeaderUtilities.RemoveQuotes(disposition.Name) == field)
                {
                    using var file = new MemoryStream();
                    await part.Body.CopyToAsync(file, Aborted).ConfigureAwait(false);
                    return JsonBody.Parse(file.GetBuffer().AsMemory(0, (int)file.Length), JsonBody.DefinitionsNestingMax);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            throw ApiException.BadRequest($"this is no multipart/form-data: {fault.Message}");
        }

        throw ApiException.BadRequest($"a form with a file in the field '{field}' is expected, or JSON as the body");
    }

    /// <summary>Reads the fields of the body, a form as browsers send it; a body of another type has none. Of a field that is there twice the first counts.</summary>
    /// <exception cref="ApiException">It is too long.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadFormAsync()
    {
        if (!context.Request.HasFormContentType)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        using MemoryStream bytes = await ReadBytesAsync().ConfigureAwait(false);
        string text = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        return QueryHelpers.ParseQuery(text).ToDictionary(field => field.Key, field => field.Value[0] ?? string.Empty, StringComparer.Ordinal);
    }

    private async Task<MemoryStream> ReadBytesAsync()
    {
        if (context.Request.ContentLength > BodyBytesMax)
        {
            ThrowTooLong();
        }

        var bytes = new MemoryStream();
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await context.Request.Body.ReadAsync(piece, Aborted).ConfigureAwait(false) is > 0 and var read)
            {
                if (bytes.Length + read > BodyBytesMax)
                {
                    ThrowTooLong();
                }

                bytes.Write(piece, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece, clearArray: true); // It may have held a password.
        }

        return bytes;
    }

    [DoesNotReturn]
    private void ThrowTooLong() =>
        throw new ApiException(StatusCodes.Status413PayloadTooLarge, "payload_too_large", $"a body of at most {BodyBytesMax} bytes is expected");
}
