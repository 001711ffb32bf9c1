using Ropeway.Core.Topology;
using Ropeway.Management.Http;

namespace Ropeway.Management.Live;

/// <summary>Something that a page follows.</summary>
/// <param name="Text">As it was asked for and is answered: <c>overview</c>, <c>findings</c>, <c>rows</c>, or <c>queue:VHOST:NAME</c> with percent-encoded names.</param>
/// <param name="VirtualHost">Of a queue, else null.</param>
/// <param name="Name">Of a queue, else null.</param>
internal sealed record Topic(string Text, string? VirtualHost = null, string? Name = null)
{
    /// <summary>The broker as a whole.</summary>
    public const string Overview = "overview";

    /// <summary>What needs a look.</summary>
    public const string Findings = "findings";

    /// <summary>The queues whose names the page sends.</summary>
    public const string Rows = "rows";

    private const string QueuePrefix = "queue:";

    /// <summary>Reads one.</summary>
    /// <exception cref="ApiException">There is no such topic.</exception>
    public static Topic Parse(string text)
    {
        if (text is Overview or Findings or Rows)
        {
            return new Topic(text);
        }

        string[] names = text.StartsWith(QueuePrefix, StringComparison.Ordinal) ? text[QueuePrefix.Length..].Split(':') : [];
        return names.Length == 2
            ? new Topic(text, CheckName(Uri.UnescapeDataString(names[0])), CheckName(Uri.UnescapeDataString(names[1])))
            : throw ApiException.BadRequest($"there is no topic '{text}'; expected {Overview}, {Findings}, {Rows} or {QueuePrefix}VHOST:NAME with percent-encoded names");
    }

    /// <summary>Refuses a name that no queue or virtual host can have: a stream remembers what it follows.</summary>
    /// <exception cref="ApiException">It is too long.</exception>
    public static string CheckName(string name) => name.Length <= NameRules.NameBytesMax
        ? name
        : throw ApiException.BadRequest($"a name of {name.Length} characters: those of queues and virtual hosts have at most {NameRules.NameBytesMax} bytes");
}
