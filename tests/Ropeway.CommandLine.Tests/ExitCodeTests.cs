using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.CommandLine.Tests;

/// <summary>What goes wrong is told in a line or two, with an exit code that scripts can rely on.</summary>
public sealed class ExitCodeTests : IDisposable
{
    private readonly CannedBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("queue show mail.outgoin", 4, "error: no queue \"mail.outgoin\" in vhost \"/\".\n  Did you mean mail.outgoing?\n")]
    [InlineData("queue show nothing-like-it", 4, "error: no queue \"nothing-like-it\" in vhost \"/\".\n  ropeway queue list shows the known ones\n")]
    [InlineData("queue show orders --vhost shp", 4, "error: no vhost \"shp\".\n  Did you mean shop?\n")]
    [InlineData("vhost show shp", 4, "error: no vhost \"shp\".\n  Did you mean shop?\n")]
    [InlineData("user show gest", 4, "error: no user \"gest\".\n  Did you mean guest?\n")]
    [InlineData("queue lst", 2, "error: ropeway queue: unknown verb 'lst'\n  Did you mean list?\n")]
    [InlineData("queues list --colums name", 2, "error: ropeway queue list: unknown option '--colums'\n  Did you mean --columns?\n")]
    [InlineData("queue", 2, "error: ropeway queue: one of list, show, declare, delete, purge, move, copy, redrive, pause, resume, peek, held, search is expected\n")]
    [InlineData("queue list --where waiting", 2, "error: --where: bad value 'waiting': a column, one of = != > >= < <= ~ !~, and a value are expected\n")]
    [InlineData("queue list --sort wating", 2, "error: no column 'wating'\n  Did you mean waiting?\n")]
    [InlineData("queue list --limit -1", 2, "error: --limit: bad value '-1': a whole number from 0 on is expected\n")]
    [InlineData("queue list --timeout soon", 2, "error: --timeout: bad value 'soon': a duration like 500ms, 2s, 10m, 1h or 7d is expected\n")]
    [InlineData("queue purge orders --watch 2s --yes", 2, "error: --watch: purge cannot be repeated; only what shows something can\n")]
    [InlineData("context add prod --use", 2, "error: --url: bad value '--use': an address like http://127.0.0.1:15672 is expected\n")]
    [InlineData("status --url ftp://x", 2, "error: --url: bad value 'ftp://x': an address like http://127.0.0.1:15672 is expected\n")]
    [InlineData("status --url http://ada:secret@mq.example.org", 2, "error: --url: an address without user and password is expected\n  --user, and --password-file or ROPEWAY_PASSWORD, give them\n")]
    [InlineData("queue purge orders", 2, "error: this would remove 1,204 messages and needs an answer, but input is not a terminal.\n  Add --yes to go on, or --dry-run to see what it would do.\n")]
    [InlineData("queue delete nothing --if-exists", 0, "")]
    [InlineData("status --user ops", 3, "error: the password of ops is not known\n  ROPEWAY_PASSWORD or --password-file gives it\n")]
    [InlineData("policy set p .* max-length", 2, "error: bad value 'max-length': name=value is expected, or name:=JSON\n")]
    [InlineData("context use nothing", 4, "error: no context \"nothing\"\n  ropeway context list shows the saved ones\n")]
    [InlineData("health --quiet", 8, "")]
    public async Task Command_ThatCannotBeDone_SaysWhyAndWhatToDo(string line, int code, string error)
    {
        ShellResult result = await Open().RunAsync(line);
        Assert.Equal(error, result.Error);
        Assert.Equal(code, result.Code);
    }

    [Theory]
    [InlineData("401 {\"error\":\"not_authorised\",\"reason\":\"Login failed\"}", 3, "error: not permitted: Login failed\n  --user or --context signs in as somebody else\n")]
    [InlineData("400 {\"error\":\"bad_request\",\"reason\":\"inequivalent arg 'durable' for queue 'q'\"}", 5, "error: inequivalent arg 'durable' for queue 'q'\n")]
    [InlineData("500 not json", 1, "error: the broker answers 500 Internal Server Error\n")]
    [InlineData("503 {\"reason\":\"busy\"}", 1, "error: busy\n")]
    [InlineData("200 <html>", 1, "error: what answered is no broker of this kind")]
    public async Task Broker_ThatRefuses_IsQuoted(string answer, int code, string error)
    {
        _broker.Special["/api/queues/%2F/q"] = answer;
        ShellResult result = await Open().RunAsync("queue declare q");
        Assert.StartsWith(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(code, result.Code);
    }

    [Theory]
    [InlineData("200 [1]")]
    [InlineData("200 \"text\"")]
    [InlineData("200 5")]
    [InlineData("200 null")]
    public async Task Broker_ThatAnswersSomethingElse_IsToldInALine(string answer)
    {
        _broker.Special["/api/queues/%2F/q"] = answer;
        ShellResult result = await Open().RunAsync("queue show q");
        Assert.StartsWith("error: what answered is no broker of this kind: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, result.Error.Count(letter => letter == '\n'));
        Assert.Equal(1, result.Code);
    }

    [Fact]
    public async Task Broker_ThatIsNotThere_IsUnreachable()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // Held, so that nobody else can listen there, and not listened on.
        int port = ((IPEndPoint)nobody.LocalEndPoint!).Port;
        ShellResult result = await new Shell().RunAsync($"status --url http://127.0.0.1:{port}");
        Assert.Equal($"error: nothing listens on 127.0.0.1:{port} (connection refused).\n  Is the broker running?  ropeway serve\n", result.Error);
        Assert.Equal(6, result.Code);
    }

    [Theory]
    [InlineData("consume q")]
    [InlineData("publish --queue q x")]
    public async Task UserWithoutTag_IsSentToTheUsualPortOfAmqp(string line)
    {
        _broker.Special["/api/overview"] = "401 {\"error\":\"not_authorised\",\"reason\":\"Not management user\"}";
        ShellResult result = await Open().RunAsync($"{line} --url https://127.83.41.7:15671");
        Assert.Equal((6, "error: nothing listens on 127.83.41.7:5671 (connection refused).\n  --amqp names another address\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Broker_ThatDoesNotAnswer_TimesOut()
    {
        var time = new FakeTimeProvider();
        var silent = new SilentBroker();
        var shell = new Shell { Handler = () => silent, Time = time };
        Task<ShellResult> running = shell.RunAsync("status --timeout 5s");
        await silent.Asked;
        time.Advance(TimeSpan.FromSeconds(5));
        ShellResult result = await running;
        Assert.Equal("error: 127.0.0.1:15672 did not answer within 5 s\n  --timeout waits longer\n", result.Error);
        Assert.Equal(6, result.Code);
    }

    [Fact]
    public async Task Command_Interrupted_EndsWith130()
    {
        using var interrupt = new CancellationTokenSource();
        var silent = new SilentBroker();
        Task<ShellResult> running = new Shell { Handler = () => silent }.RunAsync("status", interrupt.Token);
        await silent.Asked;
        await interrupt.CancelAsync();
        ShellResult result = await running;
        Assert.Equal((130, string.Empty), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("orders", 0, "Purge 1,204 messages from orders (vhost /, 1 consumer)? Type the name to go on: Would have: re-drove 1,204 messages: 1,180 to orders.eu, 24 to orders.us; left: 2 unknown.\n")]
    [InlineData("order", 2, "Purge 1,204 messages from orders (vhost /, 1 consumer)? Type the name to go on: error: the name does not match; nothing was changed.\n")]
    public async Task Purge_OnATerminal_NeedsTheNameTyped(string typed, int code, string error)
    {
        Shell shell = Open();
        shell.IsInputTerminal = true;
        shell.Input = typed + "\n";
        ShellResult result = await shell.RunAsync("queue purge orders");
        Assert.Equal((code, error), (result.Code, result.Error));
        Assert.Equal(code == 0, _broker.Requests.Contains("POST /api/ropeway/jobs"));
    }

    [Theory]
    [InlineData("queue delete orders --dry-run", "would DELETE /api/ropeway/queues/%2F/orders\n")]
    [InlineData("vhost set shop --tags a --dry-run", "would PUT /api/vhosts/shop {\"tags\":\"a\"}\n")]
    [InlineData("binding remove events orders order.* --dry-run", "would DELETE /api/bindings/%2F/e/events/q/orders/order.%2A\n")]
    [InlineData("user set ada --new-password secret --dry-run", "would PUT /api/users/ada {\"password\":\"(not shown)\",\"tags\":\"\"}\n")]
    public async Task DryRun_OfAnyChange_ShowsItAndSendsNothing(string line, string output)
    {
        ShellResult result = await Open().RunAsync(line);
        Assert.Equal((0, output), (result.Code, result.Output));
        Assert.All(_broker.Requests, request => Assert.StartsWith("GET ", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reader_ThatIsGone_EndsTheCommandSilently()
    {
        Shell shell = Open();
        shell.OutputStream = new BrokenPipe();
        ShellResult result = await shell.RunAsync("queue list");
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
    }

    [Fact]
    public async Task Password_OnTheCommandLine_WarnsUnlessQuiet()
    {
        Assert.StartsWith("warning: ", (await Open().RunAsync("status --user guest --password x")).Error, StringComparison.Ordinal);
        Assert.Empty((await Open().RunAsync("status --user guest --password x --quiet")).Error);
    }

    private Shell Open() => new() { Handler = () => _broker };
}
