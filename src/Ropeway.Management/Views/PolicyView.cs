using System.Text.Json.Serialization;
using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A policy or operator policy.</summary>
internal sealed record PolicyView(
    string Vhost,
    string Name,
    string Pattern,
    [property: JsonPropertyName("apply-to")] string ApplyTo,
    FieldTable Definition,
    long Priority);
