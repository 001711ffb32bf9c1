namespace Ropeway.Transport.Tests;

/// <summary>Cannot open a session.</summary>
internal sealed class FailingProtocol : IProtocol
{
    public string Name => "failing";

    public ISession Open(IConnection connection) => throw new InvalidOperationException("A test's exception.");
}
