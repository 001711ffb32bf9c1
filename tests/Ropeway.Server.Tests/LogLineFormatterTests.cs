using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Server.Tests;

/// <summary>Lines of the log as they are written.</summary>
public sealed class LogLineFormatterTests
{
    [Fact]
    public void Line_WithAPeersText_StaysOneLineAndChangesNothingOnATerminal()
    {
        var formatter = new LogLineFormatter(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));
        var entry = new LogEntry<string>(LogLevel.Warning, "Test", new EventId(7), "user '\e]0;owned\a\r\nforged \u202Egnp.exe'", exception: null, static (state, _) => state);
        using var text = new StringWriter();

        formatter.Write(entry, scopeProvider: null, text);

        Assert.Equal("2026-03-01T12:00:00.000Z warn  Test[7] user '\\u001b]0;owned\\u0007 | forged \\u202egnp.exe'\n", text.ToString());
    }
}
