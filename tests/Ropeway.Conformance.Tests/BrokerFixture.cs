using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>
/// The broker that the conformance tests share: a process of its own, or the one that <c>ROPEWAY_TEST_BROKER=amqp://host:port</c>
/// names. At the end its clean stop is asserted.
/// </summary>
public sealed class BrokerFixture : IDisposable
{
    /// <summary>Environment variable that names a running broker to test instead.</summary>
    public const string BrokerVariable = "ROPEWAY_TEST_BROKER";

    private readonly BrokerProcess? _process;
    private readonly TemporaryDirectory _directory = new();

    public BrokerFixture()
    {
        if (IsForeign)
        {
            Endpoint = BrokerEndpoint.Parse(Environment.GetEnvironmentVariable(BrokerVariable)!);
            return;
        }

        _process = BrokerProcess.Start(new BrokerLaunch { DataDirectory = _directory.Path, ExtraArguments = ["--listen", "http://127.0.0.1:0"] });
        Endpoint = _process.Endpoint;
    }

    /// <summary>Tests run against a broker that they did not start.</summary>
    public static bool IsForeign => Environment.GetEnvironmentVariable(BrokerVariable) is { Length: > 0 };

    public BrokerEndpoint Endpoint { get; }

    /// <summary>Where its HTTP API is: <c>http://127.0.0.1:port</c>. Only of a process of its own.</summary>
    public string HttpUrl => _process?.HttpUrl ?? throw new InvalidOperationException("Only known of a broker that the tests have started.");

    /// <summary>What the broker wrote, for the text of a failure.</summary>
    public string Log => _process is null ? "" : "\n--- broker's log\n" + _process.Log;

    public void Dispose()
    {
        try
        {
            if (_process is not null)
            {
                Assert.True(_process.Stop() == 0, "The broker did not stop cleanly." + Log);
            }
        }
        finally
        {
            _process?.Dispose();
            _directory.Dispose();
        }
    }
}
