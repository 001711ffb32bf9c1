using System.Text.Json.Serialization.Metadata;

namespace Ropeway.Management.OpenApi;

/// <summary>What the description of the API says of an endpoint besides what its route knows. Immutable.</summary>
/// <param name="Summary">What it does, in one sentence.</param>
internal sealed record Operation(string Summary)
{
    /// <summary>The JSON that it answers with; null when it answers with nothing, or with something else.</summary>
    public JsonTypeInfo? Answer { get; init; }

    /// <summary>The content type of an answer that is no JSON.</summary>
    public string? AnswerType { get; init; }

    /// <summary>Parameters of the query: names that <see cref="QueryParameters"/> knows.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>The content type of what it takes.</summary>
    public string BodyType { get; init; } = "application/json";

    /// <summary>Members of the object that it takes: <c>name</c>, <c>name!</c> where it must be there, <c>name:type</c> where it is no text.</summary>
    public IReadOnlyList<string> Body { get; init; } = [];

    /// <summary>Statuses of success; empty for those that its method has by default.</summary>
    public IReadOnlyList<int> Statuses { get; init; } = [];
}
