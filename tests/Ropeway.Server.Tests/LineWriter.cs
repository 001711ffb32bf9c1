using System.Text;
using System.Threading.Channels;

namespace Ropeway.Server.Tests;

/// <summary>Output whose lines a test awaits.</summary>
internal sealed class LineWriter : StringWriter
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public override Encoding Encoding => Encoding.UTF8;

    public override Task WriteLineAsync(string? value)
    {
        _lines.Writer.TryWrite(value ?? string.Empty);
        return Task.CompletedTask;
    }

    public async Task<string> NextLineAsync() =>
        await _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
}
