using Microsoft.Extensions.Logging;

namespace Ropeway.Server.Tests;

public sealed class ServerConfigurationTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"ropeway-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_Nothing_GivesTheDefaults() => Assert.Equal(new ServerOptions(), Load());

    [Fact]
    public void Load_FileEnvironmentAndCommandLine_LaterOnesWin()
    {
        File.WriteAllText(_file, """
            {
              // Comments and a last comma are fine.
              "frame-max": 8192, "channel-max": 10, "heartbeat": "30", "log-level": "debug",
            }
            """);
        ServerOptions options = Load(
            ["config", _file, "heartbeat", "5"],
            ["ROPEWAY_CHANNEL_MAX", "20", "ROPEWAY_HEARTBEAT", "7"]);
        Assert.Equal(8192, options.FrameBytesMax);
        Assert.Equal(20, options.ChannelMax);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Heartbeat);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
        Assert.Equal(_file, options.ConfigFile);
    }

    [Fact]
    public void Load_ListInSeveralOrigins_IsReplacedAsAWhole()
    {
        File.WriteAllText(_file, """{ "listen": ["amqp://127.0.0.1:1", "amqp://127.0.0.1:2", "amqp://127.0.0.1:3"] }""");
        Assert.Equal([1, 2, 3], Ports(Load(["config", _file])));
        Assert.Equal([4, 5], Ports(Load(["config", _file], ["ROPEWAY_LISTEN", "amqp://127.0.0.1:4, amqp://127.0.0.1:5"])));
        Assert.Equal([6], Ports(Load(["config", _file, "listen", "amqp://127.0.0.1:6"], ["ROPEWAY_LISTEN", "amqp://127.0.0.1:4"])));
    }

    [Fact]
    public void Load_ConfigFromTheEnvironment_IsRead()
    {
        File.WriteAllText(_file, """{ "data-dir": "/somewhere" }""");
        Assert.Equal("/somewhere", Load([], ["ROPEWAY_CONFIG", _file]).DataDirectory);
    }

    [Fact]
    public void Load_RabbitMqVariables_AreHonouredAfterOurs()
    {
        ServerOptions options = Load(
            [],
            ["RABBITMQ_DEFAULT_USER", "theirs", "RABBITMQ_DEFAULT_PASS", "secret", "RABBITMQ_DEFAULT_VHOST", "orders", "ROPEWAY_DEFAULT_USER", "ours"]);
        Assert.Equal("ours", options.DefaultUser);
        Assert.Equal("secret", options.DefaultPassword);
        Assert.Equal("orders", options.DefaultVirtualHost);
    }

    [Fact]
    public void Load_TlsOptions_AreRead()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """{"tls-certificate":"a.pem","tls-verify-peer":true,"tls-versions":["1.3"],"tls-server-name":["x.example=b.pem"]}""");
        ServerOptions options = ServerConfiguration.Load(new OptionSource(ExitCode.Usage), name => name == "ROPEWAY_CONFIG" ? file : null);
        File.Delete(file);

        Assert.Equal(("a.pem", true, false), (options.TlsCertificateFile, options.TlsVerifyPeer, options.TlsFailIfNoPeerCertificate));
        Assert.Equal(System.Security.Authentication.SslProtocols.Tls13, options.TlsVersions);
        Assert.Equal("b.pem", Assert.Single(options.TlsServerNames).CertificateFile);
    }

    [Theory]
    [InlineData("{\n  \"lisen\": []\n}", "line 2, key \"lisen\": unknown key; did you mean \"listen\"?")]
    [InlineData("{\n\n  \"weather\": 1\n}", "line 3, key \"weather\": unknown key; docs/operations/configuration.md lists the known ones")]
    [InlineData("{\n  \"frame-max\": 12\n}", "line 2, key \"frame-max\": bad value '12': a whole number from 4096 to 262144 is expected")]
    [InlineData("{ \"frame-max\": 5000,\n  \"frame-max\": 6000 }", "line 2, key \"frame-max\": it was given before")]
    [InlineData("{\n  \"frame-max\": null }", "line 2, key \"frame-max\": a text or number is expected")]
    [InlineData("{\n  \"frame-max\": [1] }", "line 2, key \"frame-max\": one value is expected, not a list")]
    [InlineData("{\n  \"listen\": [true] }", "line 2, key \"listen\": a text or number, or a list of them, is expected")]
    [InlineData("{\n  \"listen\": [\"amqp://\"] }", "line 2, key \"listen\": cannot listen on 'amqp://': it has no host")]
    [InlineData("{\n  \"config\": \"other\" }", "line 2, key \"config\": a configuration file cannot name another")]
    [InlineData("{\n  \"heartbeat\": 10\n  \"channel-max\": 10 }", "line 3, at or behind key \"heartbeat\": this is not valid JSON")]
    [InlineData("{\n  \"heartbeat\": 10", "at or behind key \"heartbeat\": this is not valid JSON")]
    [InlineData("{\n  \"heartbeat\": 10, \"data-dir\": \"\\ud800\" }", ", at or behind key \"data-dir\": a text is no valid Unicode")]
    [InlineData("{\n  \"\\ud800\": 10 }", ": a text is no valid Unicode")]
    [InlineData("[]", "line 1: one JSON object with the options is expected")]
    [InlineData("", "line 1: this is not valid JSON")]
    public void Load_BadFile_SaysFileLineAndKey(string json, string expected)
    {
        File.WriteAllText(_file, json);
        StartupException fault = Assert.Throws<StartupException>(() => Load(["config", _file]));
        Assert.Contains(_file, fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.NotEqual(ExitCode.Clean, fault.ExitCode);
    }

    [Fact]
    public void Load_MissingFile_SaysWhich()
    {
        StartupException fault = Assert.Throws<StartupException>(() => Load(["config", _file]));
        Assert.Equal(ExitCode.Configuration, fault.ExitCode);
        Assert.Contains(_file, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BadVariable_NamesIt()
    {
        StartupException fault = Assert.Throws<StartupException>(() => Load([], ["ROPEWAY_CHANNEL_MAX", "many"]));
        Assert.Equal("environment variable ROPEWAY_CHANNEL_MAX: bad value 'many': a whole number from 1 to 65535 is expected", fault.Message);
        Assert.Equal(ExitCode.Usage, fault.ExitCode);
    }

    [Theory]
    [InlineData("ROPEWAY_LISEN", "did you mean ROPEWAY_LISTEN?")]
    [InlineData("ROPEWAY_DATADIR", "did you mean ROPEWAY_DATA_DIR?")]
    [InlineData("ropeway_listen", "did you mean ROPEWAY_LISTEN?")]
    [InlineData("Ropeway_Tls_Versions", "did you mean ROPEWAY_TLS_VERSIONS?")]
    [InlineData("ROPEWAY_WEATHER", "docs/operations/configuration.md lists the known ones")]
    [InlineData("ROPEWAY_", "docs/operations/configuration.md lists the known ones")]
    public void UnknownVariables_OneMistyped_IsNamedWithTheNearest(string name, string hint) =>
        Assert.Equal([$"environment variable {name} is not known and has no effect; {hint}"], ServerConfiguration.UnknownVariables(["PATH", name, "ROPEWAY", "ROPEWAYS_LISTEN"]));

    [Fact]
    public void UnknownVariables_AllKnown_IsEmpty() =>
        Assert.Empty(ServerConfiguration.UnknownVariables(ServerOptionList.All.Select(option => option.EnvironmentName).Append("RABBITMQ_DEFAULT_USER").Append("ROPEWAY_URL").Append("ROPEWAY_PASSWORD")));

    [Fact]
    public void Load_BadSecret_IsNotShown()
    {
        StartupException fault = Assert.Throws<StartupException>(() => Load([], ["ROPEWAY_DEFAULT_PASS", string.Empty]));
        Assert.DoesNotContain("''", fault.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Ports(ServerOptions options) => options.Listen!.Select(url => url.Port);

    private static ServerOptions Load(string[]? commandLine = null, string[]? environment = null)
    {
        var source = new OptionSource(ExitCode.Usage);
        foreach (string[] pair in (commandLine ?? []).Chunk(2))
        {
            source.Add(pair[0], [pair[1]], "--" + pair[0]);
        }

        var variables = (environment ?? []).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return ServerConfiguration.Load(source, name => variables.GetValueOrDefault(name));
    }
}
