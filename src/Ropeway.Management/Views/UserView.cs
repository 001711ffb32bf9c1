using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A user as RabbitMQ lists and exports it.</summary>
internal sealed record UserView(
    string Name,
    string PasswordHash,
    string HashingAlgorithm,
    IReadOnlyList<string> Tags,
    FieldTable Limits);
