namespace Ropeway.Management.Views;

/// <summary>A header of a message. Tables and lists are JSON; whole numbers that JavaScript cannot hold are texts; bytes are base64.</summary>
internal sealed record HeaderView(string Name, string Type, System.Text.Json.JsonElement Value);
