using System.Text.Json.Serialization;
using Ropeway.Management.Http;

namespace Ropeway.Management.Views;

/// <summary>When a queue will be empty: a number of seconds, or <c>"growing"</c>.</summary>
/// <param name="Seconds">Seconds; null when it is growing.</param>
[JsonConverter(typeof(EmptyInConverter))]
internal readonly record struct EmptyIn(double? Seconds);
