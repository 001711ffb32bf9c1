using System.Globalization;
using System.Text.RegularExpressions;

namespace Ropeway.TestKit.Conversations;

/// <summary>
/// Names that a broker made up, replaced by numbered ones in what is recorded, and back in what is sent: the second queue that a
/// conversation has seen is <c>amq.gen-2</c>. One for each conversation.
/// </summary>
public sealed partial class Aliases
{
    private readonly Dictionary<string, string> _aliasOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _nameOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>The text with every made-up name replaced by its number.</summary>
    public string Hide(string text) => MadeUp().Replace(text, match =>
    {
        if (!_aliasOf.TryGetValue(match.Value, out string? alias))
        {
            string prefix = match.Groups["prefix"].Value;
            int number = _counts[prefix] = _counts.GetValueOrDefault(prefix) + 1;
            alias = prefix + number.ToString(CultureInfo.InvariantCulture);
            _aliasOf[match.Value] = alias;
            _nameOf[alias] = match.Value;
        }

        return alias;
    });

    /// <summary>The text with every number replaced by the name that it stands for.</summary>
    public string Show(string text) => Numbered().Replace(text, match => _nameOf.GetValueOrDefault(match.Value, match.Value));

    [GeneratedRegex(@"(?<prefix>amq\.gen-|amq\.ctag-|amq\.rabbitmq\.reply-to\.)[A-Za-z0-9+/=_.-]{8,}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MadeUp();

    [GeneratedRegex(@"(?<prefix>amq\.gen-|amq\.ctag-|amq\.rabbitmq\.reply-to\.)[0-9]+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbered();
}
