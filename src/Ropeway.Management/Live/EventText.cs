using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ropeway.Management.Live;

/// <summary>Writes server-sent events (HTML standard, section 9.2). One thread at a time.</summary>
/// <param name="body">The answer's body.</param>
/// <param name="aborted">The client has gone.</param>
internal sealed class EventText(Stream body, CancellationToken aborted)
{
    /// <summary>What the text is, for the header.</summary>
    public const string ContentType = "text/event-stream";

    private readonly ArrayBufferWriter<byte> _unsent = new();

    /// <summary>Sends an event whose data is one JSON value; it has no line breaks.</summary>
    /// <param name="id">What the client says when it comes back.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="write">Writes the value; what it returns is returned, and nothing is sent when that is false.</param>
    public async ValueTask<bool> SendAsync(string id, string name, Func<Utf8JsonWriter, bool> write)
    {
        _unsent.ResetWrittenCount();
        Add(string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {name}\ndata: "));
        bool any;
        var writer = new Utf8JsonWriter(_unsent);
        await using (writer.ConfigureAwait(false))
        {
            any = write(writer);
        }

        if (any)
        {
            Add("\n\n");
            await FlushAsync().ConfigureAwait(false);
        }

        return any;
    }

    /// <summary>Sends a line that means nothing: proxies see that the connection lives.</summary>
    public ValueTask BeatAsync()
    {
        _unsent.ResetWrittenCount();
        Add(":\n\n");
        return FlushAsync();
    }

    private void Add(string text) => Encoding.UTF8.GetBytes(text, _unsent);

    private async ValueTask FlushAsync()
    {
        await body.WriteAsync(_unsent.WrittenMemory, aborted).ConfigureAwait(false);
        await body.FlushAsync(aborted).ConfigureAwait(false);
    }
}
