using System.Text.RegularExpressions;
using Ropeway.TestKit;
using Ropeway.Transport.Tests;

namespace Ropeway.Conformance.Tests;

/// <summary>pika over TLS, against a broker with certificates made for the test.</summary>
public sealed partial class TlsTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Users = """
        {"users":[{"name":"otto","tags":""}],"permissions":[{"user":"otto","vhost":"/","configure":".*","write":".*","read":".*"}]}
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly TestCertificates _certificates = new();
    private readonly BrokerProcess _broker;

    public TlsTests()
    {
        string[] tls =
        [
            "--listen", "amqps://127.0.0.1:0", "--tls-certificate", _certificates.PemFile("broker.pem", "CN=broker"), "--tls-ca", _certificates.AuthorityFile,
            "--tls-verify-peer", "true", "--tls-login-from", "common-name", "--definitions", _certificates.Write("users.json", Users),
            "--default-user", "guest", // Definitions take its place otherwise.
        ];
        _broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = _directory.Path, ExtraArguments = tls });
    }

    public void Dispose()
    {
        _broker.Dispose();
        _directory.Dispose();
        _certificates.Dispose();
    }

    [OwnBrokerFact]
    public void Pika_OverTls_PublishesAndConsumes() => Run("tls_publish_consume.py");

    [OwnBrokerFact]
    public void Pika_WithCertificate_LogsInAsTheUserThatItNames() =>
        Run("tls_external.py", _certificates.PemFile("otto.pem", "CN=otto,O=Example"), _certificates.PemFile("nobody.pem", "CN=nobody"));

    private void Run(string script, params string[] more)
    {
        string port = SecuredPort().Match(_broker.Log).Groups[1].Value;
        string path = Path.Combine(AppContext.BaseDirectory, "python", script);

        ToolRun run = ToolRun.Execute(Python, ["-B", path, "127.0.0.1", port, _certificates.AuthorityFile, .. more]);

        Assert.True(run.ExitCode == 0, run.Errors + _broker.Log);
    }

    [GeneratedRegex(@"ropeway ready .*amqps://127\.0\.0\.1:(\d+)")]
    private static partial Regex SecuredPort();
}
