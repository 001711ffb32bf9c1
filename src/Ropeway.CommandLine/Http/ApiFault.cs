namespace Ropeway.CommandLine.Http;

/// <summary>The broker answered with an error.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reason">What the broker says.</param>
internal sealed class ApiFault(int status, string reason) : Exception(reason)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>How a command ends that cannot do anything about it.</summary>
    public ClientException ToClientException() => new(
        Status switch
        {
            401 or 403 => ClientExitCode.Forbidden,
            404 => ClientExitCode.NotFound,
            400 when IsConflict(Message) => ClientExitCode.Conflict,
            400 or 405 or 413 or 415 or 422 => ClientExitCode.Usage,
            409 or 412 or 428 => ClientExitCode.Conflict,
            408 or 504 => ClientExitCode.Unreachable,
            _ => ClientExitCode.Failed,
        },
        Status is 401 or 403 ? $"not permitted: {Message}" : Message,
        Status is 401 or 403 ? "--user or --context signs in as somebody else" : null,
        this);

    /// <summary>RabbitMQ's API answers 400 for conflicts as well as for requests that make no sense.</summary>
    private static bool IsConflict(string reason) =>
        reason.Contains("inequivalent arg", StringComparison.Ordinal) || reason.Contains("PRECONDITION", StringComparison.OrdinalIgnoreCase) ||
        reason.Contains(" in use", StringComparison.Ordinal) || reason.Contains("not empty", StringComparison.Ordinal) || reason.Contains("RESOURCE_LOCKED", StringComparison.OrdinalIgnoreCase);
}
