using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>The checks of single declare arguments. Each gives null when the value is fine, else what is wrong, as RabbitMQ writes it.</summary>
internal static class ArgumentChecks
{
    /// <summary>Longest time in milliseconds: ten years.</summary>
    private const long TimeMaxMs = 315_360_000_000;

    /// <summary>Refuses what would change the fate of messages and is not there yet, rather than to ignore it.</summary>
    public static string? NotSupported(object? value, FieldTable arguments) => "not supported by this release";

    /// <summary>How long a stream keeps a message, as <see cref="StreamAge"/> reads it.</summary>
    public static string? Age(object? value, FieldTable arguments) =>
        value is not string text ? WrongType(value) : StreamAge.TryParse(text, out _) ? null : "invalid_max_age";

    /// <summary>Any integer.</summary>
    public static string? Integer(object? value, FieldTable arguments) => FindInteger(value, out _);

    /// <summary>An integer from 0.</summary>
    public static string? NotNegative(object? value, FieldTable arguments) =>
        FindInteger(value, out long number) ?? (number < 0 ? $"{{value_negative,{number}}}" : null);

    /// <summary>An integer from 1.</summary>
    public static string? Positive(object? value, FieldTable arguments) =>
        NotNegative(value, arguments) ?? (FindInteger(value, out long number) is null && number == 0 ? "{value_zero,0}" : null);

    /// <summary>An integer from 1 to <paramref name="max"/>.</summary>
    public static Func<object?, FieldTable, string?> PositiveUpTo(long max) => (value, arguments) =>
        Positive(value, arguments) ?? (FindInteger(value, out long number) is null && number > max ? $"{{value_too_large,{number}}}" : null);

    /// <summary>An integer from 0 to 100.</summary>
    public static string? Percent(object? value, FieldTable arguments) =>
        NotNegative(value, arguments) ?? (FindInteger(value, out long number) is null && number > 100 ? $"{{value_too_large,{number}}}" : null);

    /// <summary>A time in milliseconds, from 0.</summary>
    public static string? Time(object? value, FieldTable arguments) =>
        NotNegative(value, arguments) ?? (FindInteger(value, out long number) is null && number > TimeMaxMs ? $"{{value_too_large,{number}}}" : null);

    /// <summary>A time in milliseconds, from 1.</summary>
    public static string? PositiveTime(object? value, FieldTable arguments) => Time(value, arguments) ?? Positive(value, arguments);

    /// <summary>A highest priority.</summary>
    public static string? Priority(object? value, FieldTable arguments) =>
        NotNegative(value, arguments)
        ?? (FindInteger(value, out long number) is null && number > EffectiveArguments.PriorityMax ? $"{{max_value_exceeded,{number}}}" : null);

    /// <summary>A version of the classic queue's implementation: both mean the same here.</summary>
    public static string? Version(object? value, FieldTable arguments) =>
        NotNegative(value, arguments) ?? (FindInteger(value, out long number) is null && number is 1 or 2 ? null : $"\"unsupported queue version '{number}'\"");

    /// <summary>True or false.</summary>
    public static string? Flag(object? value, FieldTable arguments) => value is bool ? null : WrongType(value);

    /// <summary>Any text.</summary>
    public static string? Text(object? value, FieldTable arguments) => value is string ? null : WrongType(value);

    /// <summary>A routing key for dead letters, which needs an exchange.</summary>
    public static string? DeadLetterKey(object? value, FieldTable arguments) =>
        Text(value, arguments)
        ?? (IsLongerThanAKey(value) ? "\"expected a routing key of at most 255 octets\"" : null)
        ?? (arguments.Contains(ArgumentNames.DeadLetterExchange) ? null : "routing_key_but_no_dlx_defined");

    /// <summary>Whether a text cannot be a routing key, which is a short string (section 4.2.5.3).</summary>
    public static bool IsLongerThanAKey(object? value) => value is string text && Encoding.UTF8.GetByteCount(text) > byte.MaxValue;

    /// <summary>A text that is not empty.</summary>
    /// <param name="problem">What to say when it is.</param>
    public static Func<object?, FieldTable, string?> NotEmpty(string problem) => (value, _) => value is string text ? text.Length == 0 ? problem : null : WrongType(value);

    /// <summary>One of several texts.</summary>
    /// <param name="problem">What to say of another, with {0} for it.</param>
    /// <param name="choices">The texts.</param>
    public static Func<object?, FieldTable, string?> Choice(string problem, params string[] choices) => (value, _) =>
        value is not string text ? WrongType(value)
        : choices.Contains(text, StringComparer.Ordinal) ? null
        : problem.Replace("{0}", text, StringComparison.Ordinal);

    private static string WrongType(object? value) => $"{{unacceptable_type,{ArgumentValues.TypeName(value)}}}";

    private static string? FindInteger(object? value, out long number) =>
        ArgumentValues.TryGetInteger(value, out number) && value is not FieldTimestamp ? null : $"\"expected integer, got {ArgumentValues.TypeName(value)}\"";
}
