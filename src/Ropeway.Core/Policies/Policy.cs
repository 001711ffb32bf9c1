using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Policies;

/// <summary>Settings for all queues or exchanges of a virtual host whose names match a pattern. Immutable; any thread.</summary>
public sealed class Policy
{
    /// <summary>Longest pattern in characters.</summary>
    public const int PatternCharsMax = 4096;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant; // Linear time, so no pattern can be made to hang.

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:/");

    private readonly string? _prefix; // When the pattern asks for nothing else, which needs no expression.
    private readonly Regex? _expression; // Null when there is a prefix; without one it matches everything.
    private readonly PolicyReach _reach;

    private Policy(PolicyKind kind, string name, string pattern, PolicyTarget target, long priority, FieldTable definition)
    {
        Kind = kind;
        Name = name;
        Pattern = pattern;
        Target = target;
        Priority = priority;
        Definition = definition;
        Settings = definition.ToDictionary(StringComparer.Ordinal);
        _prefix = PrefixOf(pattern);
        _expression = pattern.Length == 0 || _prefix is not null ? null : new Regex(pattern, Options);
        _reach = PolicyTargets.GetReach(target) & ~PolicyKeys.GetExcluded(definition);
    }

    /// <summary>Who set it.</summary>
    public PolicyKind Kind { get; }

    /// <summary>Unique in its virtual host among policies of its kind.</summary>
    public string Name { get; }

    /// <summary>A regular expression that is found somewhere in the names meant.</summary>
    public string Pattern { get; }

    /// <summary>What it is for.</summary>
    public PolicyTarget Target { get; }

    /// <summary>Of several policies of a kind that match, the one with the highest priority holds alone; of equal ones that whose name comes first.</summary>
    public long Priority { get; }

    /// <summary>The settings. Not to be changed.</summary>
    public FieldTable Definition { get; }

    /// <summary>The settings by name.</summary>
    internal IReadOnlyDictionary<string, object?> Settings { get; }

    /// <summary>Makes a policy.</summary>
    /// <param name="kind">Who sets it.</param>
    /// <param name="name">1 to 255 bytes of UTF-8.</param>
    /// <param name="pattern">At most <see cref="PatternCharsMax"/> characters; without look-around and back references.</param>
    /// <param name="target">What it is for.</param>
    /// <param name="priority">The highest wins.</param>
    /// <param name="definition">At least one setting; belongs to the policy from now on.</param>
    /// <exception cref="RefusedException">Something is wrong, in RabbitMQ's words.</exception>
    public static Policy Create(PolicyKind kind, string name, string pattern, PolicyTarget target, long priority, FieldTable definition)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameRules.NameBytesMax)
        {
            RefusalTexts.ThrowInvalidPolicy($"a policy name holds 1 to {NameRules.NameBytesMax} bytes");
        }

        if (pattern.Length > PatternCharsMax)
        {
            RefusalTexts.ThrowInvalidPolicy($"pattern must not exceed {PatternCharsMax} characters");
        }

        PolicyKeys.Check(kind, target, definition);
        try
        {
            return new Policy(kind, name, pattern, target, priority, definition);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            RefusalTexts.ThrowInvalidPolicy($"pattern should be regular expression but is invalid: {fault.Message}");
            throw;
        }
    }

    /// <summary>A policy that was stored, checked when it was made.</summary>
    /// <exception cref="InvalidDataException">The pattern is not valid.</exception>
    internal static Policy Restore(PolicyKind kind, string name, string pattern, PolicyTarget target, long priority, FieldTable definition)
    {
        try
        {
            return new Policy(kind, name, pattern, target, priority, definition);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"The pattern of policy '{name}' is not valid: {fault.Message}", fault);
        }
    }

    /// <summary>Whether it is for an object.</summary>
    /// <param name="reach">What the object is: one bit.</param>
    /// <param name="name">Its name.</param>
    internal bool IsFor(PolicyReach reach, string name) => (_reach & reach) != PolicyReach.None && Matches(name);

    /// <summary>What a pattern asks names to begin with; null when it asks for more or less.</summary>
    private static string? PrefixOf(string pattern)
    {
        ReadOnlySpan<char> rest = pattern.AsSpan(Math.Min(1, pattern.Length));
        return pattern.StartsWith('^') && rest.IndexOfAnyExcept(PlainCharacters) < 0 ? rest.ToString() : null;
    }

    private bool Matches(string name) => _prefix is not null ? name.StartsWith(_prefix, StringComparison.Ordinal) : _expression is null || _expression.IsMatch(name);
}
