using Ropeway.Core.Streams;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>The places that say something about a queue, and who wins where several do: RabbitMQ's rules. Names are given without <c>x-</c>.</summary>
/// <param name="Arguments">What the queue was declared with.</param>
/// <param name="Policy">The user's policy.</param>
/// <param name="OperatorPolicy">The operator's policy.</param>
internal readonly record struct ArgumentSources(
    FieldTable? Arguments,
    IReadOnlyDictionary<string, object?>? Policy,
    IReadOnlyDictionary<string, object?>? OperatorPolicy)
{
    /// <summary>Whether the declaration names it.</summary>
    public bool HasArgument(string name) => Declared(name) is not null;

    /// <summary>The number in the declaration: no policy can set it.</summary>
    public long? Argument(string name) => Number(Declared(name));

    /// <summary>The lowest number anywhere.</summary>
    public long? Lowest(string name) => Lower(Number(Declared(name)), Lower(Number(Of(Policy, name)), Number(Of(OperatorPolicy, name))));

    /// <summary>The shortest age anywhere, in milliseconds; see <see cref="StreamAge"/>.</summary>
    public long? ShortestAge(string name) => Lower(Age(Declared(name)), Lower(Age(Of(Policy, name)), Age(Of(OperatorPolicy, name))));

    /// <summary>The lowest number anywhere; but a negative one, which means no limit, gives way to any other.</summary>
    public long? LowestUnlessNegative(string name) =>
        LowerUnlessNegative(Number(Declared(name)), LowerUnlessNegative(Number(Of(Policy, name)), Number(Of(OperatorPolicy, name))));

    /// <summary>The text in the declaration, else in the user's policy.</summary>
    public string? Text(string name) => Declared(name) as string ?? Of(Policy, name) as string;

    /// <summary>As <see cref="Text"/>, where the operator may overrule the user's policy.</summary>
    public string? OperatorText(string name) => Declared(name) as string ?? Of(OperatorPolicy, name) as string ?? Of(Policy, name) as string;

    /// <summary>As <see cref="Text"/>, where any policy overrules the declaration, the operator's first.</summary>
    public string? PolicyText(string name) => Of(OperatorPolicy, name) as string ?? Of(Policy, name) as string ?? Declared(name) as string;

    /// <summary>The number in the declaration, else in the user's policy, else in the operator's.</summary>
    public long? FirstNumber(string name) => Number(Declared(name)) ?? Number(Of(Policy, name)) ?? Number(Of(OperatorPolicy, name));

    /// <summary>The lower of the number in the declaration and that of the policies, of which the higher counts.</summary>
    public long? LowestAboveOperators(string name)
    {
        long? policy = Number(Of(Policy, name));
        long? operatorPolicy = Number(Of(OperatorPolicy, name));
        return Lower(Number(Declared(name)), policy > operatorPolicy ? policy : operatorPolicy ?? policy);
    }

    /// <summary>The flag in the declaration.</summary>
    public bool Flag(string name) => Declared(name) is true;

    /// <summary>The flag in the declaration, else in the user's policy.</summary>
    public bool FlagOrPolicy(string name) => (Declared(name) ?? Of(Policy, name)) is true;

    /// <summary>As <see cref="FlagOrPolicy"/>, where the operator may overrule the user's policy.</summary>
    public bool OperatorFlag(string name) => (Declared(name) ?? Of(OperatorPolicy, name) ?? Of(Policy, name)) is true;

    private static long? Number(object? value) => ArgumentValues.TryGetInteger(value, out long number) ? number : null;

    private static long? Age(object? value) => value is string text && StreamAge.TryParse(text, out long ms) ? ms : null;

    private static object? Of(IReadOnlyDictionary<string, object?>? policy, string name) => policy?.GetValueOrDefault(name);

    private static long? Lower(long? left, long? right) => left is null ? right : right is null ? left : Math.Min(left.Value, right.Value);

    private static long? LowerUnlessNegative(long? left, long? right) =>
        left is < 0 && right is not null ? Math.Max(left.Value, right.Value)
        : right is < 0 && left is not null ? Math.Max(left.Value, right.Value)
        : Lower(left, right);

    private object? Declared(string name) => Arguments is not null && Arguments.TryGet("x-" + name, out object? value) ? value : null;
}
