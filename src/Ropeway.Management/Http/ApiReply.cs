using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Http;

/// <summary>What a request is answered with. Immutable.</summary>
internal sealed record ApiReply
{
    private readonly Func<Stream, CancellationToken, Task>? _write;

    private ApiReply(int status, Func<Stream, CancellationToken, Task>? write = null)
    {
        Status = status;
        _write = write;
    }

    /// <summary>201: it was made.</summary>
    public static ApiReply Created { get; } = new(StatusCodes.Status201Created);

    /// <summary>204: it was changed, or is gone.</summary>
    public static ApiReply NoContent { get; } = new(StatusCodes.Status204NoContent);

    /// <summary>304: the client has it already.</summary>
    public static ApiReply NotModified { get; } = new(StatusCodes.Status304NotModified);

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>More headers; those that every answer has can be replaced.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>201 for what was made, 204 for what was there.</summary>
    public static ApiReply Put(bool isNew) => isNew ? Created : NoContent;

    /// <summary>201 with the address of what was made.</summary>
    public static ApiReply CreatedAt(string location) => new(StatusCodes.Status201Created) { Headers = [("location", location)] };

    /// <summary>A JSON document.</summary>
    public static ApiReply Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(status, (body, aborted) => JsonSerializer.SerializeAsync(body, value, type, aborted));

    /// <summary>A list: as it is, or what the query's <c>sort</c>, <c>columns</c> and <c>page</c> want of it.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="views">All entries.</param>
    /// <param name="nameOf">An entry's name, for the filter of pages.</param>
    /// <param name="type">How an entry becomes JSON.</param>
    /// <param name="listType">How all of them do.</param>
    public static ApiReply List<T>(ListQuery query, IEnumerable<T> views, Func<T, string> nameOf, JsonTypeInfo<T> type, JsonTypeInfo<IEnumerable<T>> listType) =>
        query.IsPlain ? Json(views, listType) : Written(query.Apply(views, nameOf, type));

    /// <summary>One object, or the columns of it that the query wants.</summary>
    public static ApiReply Item<T>(ListQuery query, T value, JsonTypeInfo<T> type)
    {
        if (query.IsPlain)
        {
            return Json(value, type);
        }

        JsonElement element = JsonSerializer.SerializeToElement(value, type);
        return Written(writer => query.WriteItem(writer, element));
    }

    /// <summary>A body that is written piece by piece. When that fails the connection is cut, so that nobody takes it for whole.</summary>
    public static ApiReply Stream(string contentType, Func<Stream, CancellationToken, Task> write) => new(StatusCodes.Status200OK, write) { ContentType = contentType };

    /// <summary>A body that is there already.</summary>
    public static ApiReply Bytes(string contentType, byte[] content) =>
        new(StatusCodes.Status200OK, (body, aborted) => body.WriteAsync(content, aborted).AsTask()) { ContentType = contentType };

    /// <summary>An error.</summary>
    public static ApiReply Error(ApiException fault) => Json(new ErrorView(fault.Error, fault.Message), ViewJson.Default.ErrorView, fault.Status);

    /// <summary>405.</summary>
    public static ApiReply MethodNotAllowed(IEnumerable<string> allowed) =>
        new(StatusCodes.Status405MethodNotAllowed) { Headers = [("allow", string.Join(", ", allowed))] };

    /// <summary>401 that asks for a name and password.</summary>
    /// <param name="fault">Null when none were given.</param>
    public static ApiReply Challenge(ApiException? fault) =>
        new(StatusCodes.Status401Unauthorized, fault is null ? null : Error(fault)._write) { Headers = [("www-authenticate", "Basic realm=\"RabbitMQ Management\"")] };

    /// <summary>The same with one more header.</summary>
    public ApiReply With(string header, string value) => this with { Headers = [.. Headers, (header, value)] };

    /// <summary>Sends it.</summary>
    public Task WriteAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.StatusCode = Status;

        // The API answers data, never a page: nothing of it may be run, framed or kept by a browser.
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        foreach ((string name, string value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (_write is null)
        {
            return Task.CompletedTask;
        }

        response.ContentType = ContentType;
        return _write(response.Body, context.RequestAborted);
    }

    /// <summary>Written in memory first: the serializer flushes as it likes, and Kestrel does not take writes that block.</summary>
    private static ApiReply Written(Action<Utf8JsonWriter> write) => new(StatusCodes.Status200OK, async (body, aborted) =>
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new Utf8JsonWriter(bytes);
        await using (writer.ConfigureAwait(false))
        {
            write(writer);
        }

        await body.WriteAsync(bytes.WrittenMemory, aborted).ConfigureAwait(false);
    });
}
