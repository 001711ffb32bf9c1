using System.Globalization;
using System.Text.RegularExpressions;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Conversations;

/// <summary>
/// Plays one conversation with a broker and writes down what was said: a line <c>&gt;</c> for each step, a line <c>&lt;</c> for each answer.
/// What a broker may order freely is brought into one order (<see cref="Reception.Rank"/>), and names that it makes up are numbered. Owned by one thread.
/// </summary>
public sealed partial class ConversationPlayer : IDisposable
{
    private const char DefaultPeer = 'a';
    private const string Arrow = " -> ";

    private readonly PlayOptions _options;
    private readonly Conversation _conversation;
    private readonly Aliases _aliases = new();
    private readonly SortedDictionary<char, Peer> _peers = [];
    private readonly List<string> _lines = [];

    private ConversationPlayer(Conversation conversation, PlayOptions options)
    {
        _conversation = conversation;
        _options = options;
    }

    /// <summary>Plays it from the first to the last step and gives the transcript.</summary>
    public static IReadOnlyList<string> Play(Conversation conversation, PlayOptions options)
    {
        using var player = new ConversationPlayer(conversation, options);
        player.Play();
        return player._lines;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Peer peer in _peers.Values)
        {
            peer.Dispose();
        }
    }

    private void Play()
    {
        if (!_conversation.Steps[0].StartsWith("socket", StringComparison.Ordinal))
        {
            Quietly(() => Step("connect"));
            Quietly(() => Step("1 channel.open"));
        }

        foreach (string step in _conversation.Steps)
        {
            _lines.Add("> " + step);
            Step(_aliases.Show(step.Replace("$", _conversation.Prefix, StringComparison.Ordinal)));
        }

        Finish();
    }

    /// <summary>Everything that came without being waited for is an answer, too; then the connections are closed in order, so that nothing of them stays.</summary>
    private void Finish()
    {
        foreach ((char name, Peer peer) in _peers)
        {
            foreach (ushort channel in peer.OpenChannels.ToList())
            {
                Sync(name, channel);
            }

            Write(name, [.. peer.Waiting]);
            if (!peer.IsClosed(0))
            {
                Quietly(() => Send(name, 0, "connection.close", new StepScanner("reply-code=200"), ["connection.close-ok"]));
            }
        }
    }

    private void Quietly(Action action)
    {
        int count = _lines.Count;
        action();
        if (_lines.Skip(count).FirstOrDefault(line => line.Contains("close ", StringComparison.Ordinal)) is { } refused)
        {
            throw new InvalidOperationException($"{_conversation.Name}: the broker refused what every conversation begins or ends with: {refused}");
        }

        _lines.RemoveRange(count, _lines.Count - count);
    }

    private void Step(string step)
    {
        Match match = StepForm().Match(step);
        char name = match.Groups["peer"].Success ? match.Groups["peer"].Value[0] : DefaultPeer;
        ushort channel = match.Groups["channel"].Success ? ushort.Parse(match.Groups["channel"].ValueSpan, CultureInfo.InvariantCulture) : (ushort)0;
        string rest = match.Groups["rest"].Value;
        int arrow = rest.LastIndexOf(Arrow, StringComparison.Ordinal);
        List<string>? waits = arrow < 0 ? null : Waits(rest[(arrow + Arrow.Length)..]);
        Do(name, channel, arrow < 0 ? rest : rest[..arrow], waits);
    }

    private void Do(char name, ushort channel, string text, List<string>? waits)
    {
        var scanner = new StepScanner(text);
        string verb = scanner.Word();
        switch (verb)
        {
            case "connect":
                Quietly(() => Connect(name, scanner));
                break;
            case "socket":
                _peers[name] = new Peer(WireSocket.Connect(_options.Endpoint), _aliases);
                break;
            case "octets":
                _peers[name].Send(scanner.Octets());
                break;
            case "frame":
                var frame = new FrameWriter();
                frame.Begin((byte)scanner.Number(), channel).Bytes(Convert.FromHexString(scanner.AtEnd ? "" : scanner.Word())).End();
                _peers[name].Send(frame.Written);
                break;
            case "sync":
                Sync(name, channel);
                Write(name, [.. _peers[name].Waiting]);
                break;
            case "wait":
                waits = Waits(text["wait".Length..]);
                break;
            case "drop":
                _peers[name].Drop();
                break;
            case "stop":
                _options.StopBroker!();
                break;
            default:
                Send(name, channel, verb, scanner, waits);
                return;
        }

        Await(name, channel, waits ?? []);
    }

    private void Send(char name, ushort channel, string verb, StepScanner scanner, IReadOnlyList<string>? waits)
    {
        MethodShape method = MethodShapes.Find(verb) ?? throw scanner.Fault($"'{verb}' is no method");
        Peer peer = _peers[name];
        if (peer.IsClosed(channel) && verb != "channel.open")
        {
            _lines.Add("! it was closed before");
            return;
        }

        var frames = new FrameWriter();
        bool isSilent = MethodText.Write(channel, method, scanner, frames).Contains("no-wait");
        peer.Send(channel, method, frames.Written);
        Await(name, channel, waits ?? (isSilent || method.Replies.Count == 0 ? [] : [string.Join('|', method.Replies)]));
    }

    /// <summary>A question that every broker answers, so that everything it had to say before has come. It leaves no trace.</summary>
    private void Sync(char name, ushort channel)
    {
        Peer peer = _peers[name];
        if (peer.IsClosed(channel))
        {
            return;
        }

        var question = new FrameWriter();
        question.Method(channel, WireMethod.ExchangeDeclare).U16(0).ShortString("amq.direct").ShortString("direct").U8(1).EmptyTable().End();
        peer.Send(question.Written);
        while (peer.Take(one => one.Channel == channel && one.Method == "exchange.declare-ok") is null && !peer.IsClosed(channel))
        {
            if (!peer.Receive(_options.TimeoutMs))
            {
                _lines.Add("< nothing in place of the answer to a passive exchange.declare");
                return;
            }
        }
    }

    private void Await(char name, ushort channel, IReadOnlyList<string> waits)
    {
        Peer peer = _peers[name];
        var taken = new List<Reception>();
        var outstanding = waits.ToList();
        while (outstanding.Count > 0)
        {
            Reception? next = peer.Take(one => (one.Channel == channel || one.Channel == 0) && (one.IsFinal || outstanding.Exists(wait => Fits(wait, one))));
            if (next is not null)
            {
                taken.Add(next);
                outstanding.RemoveAt(Math.Max(0, outstanding.FindIndex(wait => Fits(wait, next))));
                if (next.Method == "channel.close" || next.Method == Reception.End)
                {
                    outstanding.Clear();
                }
                else if (next.Method == "connection.close")
                {
                    outstanding = [Reception.End];
                }
            }
            else if (!peer.Receive(_options.TimeoutMs))
            {
                Write(name, taken);
                _lines.Add("< nothing in place of " + string.Join(", ", outstanding));
                return;
            }
        }

        Write(name, taken);
    }

    private void Write(char name, IReadOnlyList<Reception> taken)
    {
        foreach (Reception one in taken.OrderBy(one => one.Channel).ThenBy(one => one.Rank).ThenBy(one => one.Tag))
        {
            string peer = name == DefaultPeer ? "" : name + ":";
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"< {peer}{one.Channel} {one.Text}"));
            _peers[name].Take(left => ReferenceEquals(left, one));
        }
    }

    private void Connect(char name, StepScanner scanner)
    {
        string user = "guest", password = "guest", virtualHost = "/";
        while (!scanner.AtEnd)
        {
            string option = scanner.Word();
            scanner.Expect('=');
            string value = System.Text.Encoding.UTF8.GetString(scanner.Octets());
            _ = option switch
            {
                "user" => user = value,
                "password" => password = value,
                "virtual-host" => virtualHost = value,
                _ => throw scanner.Fault($"connect has no '{option}'"),
            };
        }

        const string Capabilities = "{publisher_confirms=true basic.nack=true consumer_cancel_notify=true connection.blocked=true authentication_failure_close=true}";
        Do(name, 0, "socket", null);
        Do(name, 0, """octets "AMQP\x00\x00\x09\x01" """, ["connection.start"]);
        Do(name, 0, $$"""connection.start-ok client-properties={capabilities={{Capabilities}}} mechanism="PLAIN" response="\x00{{user}}\x00{{password}}" locale="en_US" """, ["connection.tune"]);
        Do(name, 0, "connection.tune-ok channel-max=2047 frame-max=131072 heartbeat=0", null);
        Do(name, 0, $"connection.open virtual-host=\"{virtualHost}\"", null);
    }

    private static bool Fits(string wait, Reception one) => wait.Split('|').Contains(one.Method, StringComparer.Ordinal);

    /// <summary>Reads <c>basic.ack, 2*basic.deliver</c> into one entry for each; <c>none</c> is no entry.</summary>
    private static List<string> Waits(string text)
    {
        var waits = new List<string>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(item => item != "none"))
        {
            string[] parts = item.Split('*');
            waits.AddRange(Enumerable.Repeat(parts[^1], parts.Length == 1 ? 1 : int.Parse(parts[0], CultureInfo.InvariantCulture)));
        }

        return waits;
    }

    [GeneratedRegex(@"^(?:(?<peer>[a-z]):)? *(?<channel>\d+)? *(?<rest>.*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StepForm();
}
