using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Ropeway.Management.Http;

/// <summary>A request is answered with an error: <c>{"error": ..., "reason": ...}</c> as RabbitMQ does.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="error">The error's name.</param>
/// <param name="reason">What was wrong and what was expected.</param>
internal sealed class ApiException(int status, string error, string reason) : Exception(reason)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The error's name.</summary>
    public string Error { get; } = error;

    /// <summary>400: the request is wrong.</summary>
    [DoesNotReturn]
    public static void ThrowBadRequest(string reason) => throw BadRequest(reason);

    /// <summary>400: the request is wrong.</summary>
    public static ApiException BadRequest(string reason) => new(StatusCodes.Status400BadRequest, "bad_request", reason);

    /// <summary>404: what the path names is not there.</summary>
    public static ApiException NotFound() => new(StatusCodes.Status404NotFound, "Object Not Found", "Not Found");

    /// <summary>404: something that the body or the path names is not there.</summary>
    public static ApiException NotFound(string reason) => new(StatusCodes.Status404NotFound, "not_found", reason);

    /// <summary>403: a permission is missing, which the reason names. For endpoints that RabbitMQ does not have.</summary>
    public static ApiException Forbidden(string reason) => new(StatusCodes.Status403Forbidden, "access_refused", reason);

    /// <summary>409: what is to be changed is not as it was expected to be.</summary>
    public static ApiException Conflict(string reason) => new(StatusCodes.Status409Conflict, "conflict", reason);

    /// <summary>403: a page of another site may be behind it.</summary>
    public static ApiException OtherSite(string reason) => new(StatusCodes.Status403Forbidden, "forbidden", reason);

    /// <summary>401: the user may not do this. RabbitMQ answers 401 here too.</summary>
    public static ApiException NotAuthorised(string reason) => new(StatusCodes.Status401Unauthorized, "not_authorised", reason);
}
