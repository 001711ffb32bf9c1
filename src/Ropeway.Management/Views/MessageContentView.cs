using System.Text.Json.Serialization;
using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A message with everything that is known of it.</summary>
internal sealed record MessageContentView([property: JsonIgnore] BrowsedMessageView Message, FieldTable Properties, IEnumerable<HeaderView> Headers, IEnumerable<FieldTable> Deaths, BodyView Body)
    : BrowsedMessageView(Message);
