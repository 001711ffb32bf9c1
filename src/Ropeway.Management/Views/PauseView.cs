using System.Text.Json.Serialization;
using Ropeway.Management.Http;

namespace Ropeway.Management.Views;

/// <summary>That a queue gives no messages away.</summary>
internal sealed record PauseView(string User, string Reason, [property: JsonConverter(typeof(TimeConverter))] DateTimeOffset Since);
