using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Buffers;
using Ropeway.Security.Tls;

namespace Ropeway.Transport.Tests;

/// <summary>TLS on the same contract as plain connections.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly RecordingLog _log = new();
    private readonly List<string?> _reloads = [];
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Connection_Echo_SendsBackWhatCame(SslProtocols version)
    {
        await using var station = new Station(TestProtocol.Echo, tls: Server());
        using SslStream client = await ConnectAsync(station, version: version);
        byte[] answer = new byte[5];
        for (int i = 0; i < 100; i++)
        {
            await client.WriteAsync("hello"u8.ToArray());
            await client.ReadExactlyAsync(answer);
            Assert.Equal("hello"u8, answer);
        }

        TlsFacts? facts = (await station.Protocol.NextSessionAsync()).Connection.Tls;
        Assert.Equal((version.ToString(), "localhost"), (facts?.Version, facts?.ServerName));
        Assert.Null(facts!.Peer);
    }

    [Fact]
    public async Task Version_OlderThanTls12_IsRefusedAndLogged()
    {
        await using var station = new Station(TestProtocol.Echo, logger: _log, tls: Server(options => options with { Versions = SslProtocols.Tls13 }));

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(station, version: SslProtocols.Tls12));
        Assert.Contains("failed", await _log.NextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(5_000_000)]
    public async Task Outbox_BlocksAndCopies_ArriveInOrder(int blockBytes)
    {
        NativeBlock block = NativeBlock.Allocate(blockBytes);
        RandomNumberGenerator.Fill(block.Span);
        byte[] expected = [.. "head"u8, .. block.Span, .. "tail"u8];
        await using var station = new Station(
            (session, received) =>
            {
                session.Write("head"u8);
                lock (session.Connection.Outbox.Gate)
                {
                    session.Connection.Outbox.AppendBlock(block, 0, blockBytes);
                }

                session.Write("tail"u8);
                return new ConsumeResult(received.Length, ConsumeStatus.Close);
            },
            tls: Server());
        using SslStream client = await ConnectAsync(station);
        await client.WriteAsync(new byte[1]);
        using var answer = new MemoryStream();
        await client.CopyToAsync(answer).WithDeadlineAsync(); // Ends with the broker's orderly end.

        Assert.Equal(Crc32C.Compute(expected), Crc32C.Compute(answer.ToArray()));
        block.Release();
    }

    [Fact]
    public async Task Consume_FramesLargerThanRecords_AreSeenWhole()
    {
        const int FrameBytes = TransportLimits.ReceiveBytesMax;
        await using var station = new Station(
            (session, received) =>
            {
                if (received.Length < FrameBytes)
                {
                    return new ConsumeResult(0, ConsumeStatus.Continue);
                }

                session.Write(BitConverter.GetBytes(Crc32C.Compute(received[..FrameBytes])));
                return new ConsumeResult(FrameBytes, ConsumeStatus.Continue);
            },
            tls: Server());
        using SslStream client = await ConnectAsync(station);
        byte[] frame = new byte[FrameBytes];
        RandomNumberGenerator.Fill(frame);
        byte[] answer = new byte[4];
        for (int i = 0; i < 5; i++)
        {
            await client.WriteAsync(frame);
            await client.ReadExactlyAsync(answer);
            Assert.Equal(Crc32C.Compute(frame), BitConverter.ToUInt32(answer));
        }
    }

    [Fact]
    public async Task PeerCloses_InOrder_SessionIsTold()
    {
        await using var station = new Station(TestProtocol.Echo, tls: Server());
        SslStream client = await ConnectAsync(station);
        TestSession session = await station.Protocol.NextSessionAsync();
        await client.ShutdownAsync();
        await client.DisposeAsync();

        Assert.Equal(ConnectionCloseReason.PeerClosed, await session.Closed.WithDeadlineAsync());
    }

    [Fact]
    public async Task PlainBytes_OnTheTlsPort_CostThatConnectionOnlyAndAreNamed()
    {
        await using var station = new Station(TestProtocol.Echo, logger: _log, tls: Server());
        using SslStream good = await ConnectAsync(station);
        Socket plain = station.Connect();
        plain.Send("AMQP\0\0\u0009\u0001"u8);

        Assert.Contains("does not speak TLS: it sent 414D515000000901", await _log.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, plain.Receive(new byte[1]));
        byte[] answer = new byte[5];
        await good.WriteAsync("hello"u8.ToArray());
        await good.ReadExactlyAsync(answer);
        Assert.Equal("hello"u8, answer);
    }

    [Fact]
    public async Task Garbage_ThatBeginsLikeTls_IsRefused()
    {
        await using var station = new Station(TestProtocol.Echo, logger: _log, tls: Server());
        Socket client = station.Connect();
        client.Send([22, 3, 1, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

        Assert.Contains("TLS handshake", await _log.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, station.Host.GetStatistics().ReceivedBytes);
    }

    [Fact]
    public async Task Handshake_ThatNeverComes_IsEndedAfterItsTime()
    {
        await using var station = new Station(TestProtocol.Echo, time: _time, logger: _log, tls: Server());
        Socket client = station.Connect();
        client.Send([22]); // And nothing more.
        Task<string> line = _log.NextAsync();
        while (!line.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Contains("longer than 10 s", await line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peer_WithItsCertificate_IsVerifiedAndNamed()
    {
        using X509Certificate2 mine = _certificates.Create("CN=otto,OU=\"Post, Room\",O=Example", dnsName: "otto.example.org");
        await using var station = new Station(TestProtocol.Echo, tls: Server(Strict));
        using SslStream client = await ConnectAsync(station, mine);
        await client.WriteAsync(new byte[1]);
        PeerCertificate? peer = (await station.Protocol.NextSessionAsync()).Connection.Tls?.Peer;

        Assert.Equal("otto", peer?.NameFor(CertificateLogin.CommonName));
        Assert.Equal(@"CN=otto,OU=Post\, Room,O=Example", peer?.NameFor(CertificateLogin.DistinguishedName));
        Assert.Equal("otto.example.org", peer?.NameFor(CertificateLogin.AlternativeName));
        Assert.Equal(("CN=Test authority", mine.NotBefore.ToUniversalTime(), mine.NotAfter.ToUniversalTime()), (peer?.Issuer, peer?.ValidFrom.UtcDateTime, peer?.ValidTo.UtcDateTime));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("stranger")]
    [InlineData("expired")]
    public async Task Peer_WithoutAValidCertificate_IsRefused(string kind)
    {
        using var strangers = new TestCertificates("Another authority");
        using X509Certificate2? mine = kind switch
        {
            "stranger" => strangers.Create("CN=otto"),
            "expired" => _certificates.Create("CN=otto", end: TimeProvider.System.GetUtcNow().AddHours(-1)),
            _ => null,
        };
        await using var station = new Station(TestProtocol.Echo, logger: _log, tls: Server(Strict));
        try
        {
            using SslStream client = await ConnectAsync(station, mine);
            await client.WriteAsync(new byte[1]);
            Assert.Equal(0, await client.ReadAsync(new byte[1])); // TLS 1.3: the client believes that it is in until it hears otherwise.
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            // TLS 1.2, or the alert came first.
        }

        Assert.Contains("TLS handshake", await _log.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, station.Host.GetStatistics().ReceivedBytes);
    }

    [Fact]
    public async Task Peer_WithoutCertificate_IsLetInWhenOnlyGivenOnesAreVerified()
    {
        await using var station = new Station(TestProtocol.Echo, tls: Server(options => options with { VerifyPeer = true, CaFile = _certificates.AuthorityFile }));
        using SslStream client = await ConnectAsync(station);
        await client.WriteAsync(new byte[1]);

        Assert.Null((await station.Protocol.NextSessionAsync()).Connection.Tls!.Peer);
    }

    [Theory]
    [InlineData("localhost", "main")]
    [InlineData("other.example.org", "other")]
    [InlineData("OTHER.example.org", "other")]
    [InlineData("any.wild.example.org", "wild")]
    [InlineData("a.b.wild.example.org", "main")]
    public async Task ServerName_ThatHasItsOwnCertificate_GetsIt(string asked, string expected)
    {
        TlsServer server = Server(options => options with
        {
            ServerNames =
            [
                new TlsServerName("other.example.org", _certificates.PemFile("other.pem", "CN=other")),
                new TlsServerName("*.wild.example.org", _certificates.PemFile("wild.pem", "CN=wild")),
            ],
        });
        await using var station = new Station(TestProtocol.Echo, tls: server);
        using SslStream client = await ConnectAsync(station, serverName: asked);

        Assert.Equal($"CN={expected}", client.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task Certificate_ReplacedOnDisk_IsUsedWithoutRestart()
    {
        string file = _certificates.PemFile("cert.pem", "CN=old");
        await using var station = new Station(TestProtocol.Echo, tls: Server(options => options with { CertificateFile = file }));
        using (SslStream before = await ConnectAsync(station))
        {
            Assert.Equal("CN=old", before.RemoteCertificate!.Subject);
        }

        _certificates.Write("cert.pem", "not a certificate");
        File.SetLastWriteTimeUtc(file, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _time.Advance(TimeSpan.FromMinutes(1));
        using (SslStream meanwhile = await ConnectAsync(station))
        {
            Assert.Equal("CN=old", meanwhile.RemoteCertificate!.Subject); // What cannot be read changes nothing.
            Assert.Contains(file, Assert.Single(_reloads), StringComparison.Ordinal);
        }

        _certificates.PemFile("cert.pem", "CN=new");
        File.SetLastWriteTimeUtc(file, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _time.Advance(TimeSpan.FromMinutes(1));
        using SslStream after = await ConnectAsync(station);
        Assert.Equal("CN=new", after.RemoteCertificate!.Subject);
        Assert.Null(_reloads[^1]);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("s3cret", true)]
    public async Task Certificate_FromPfx_IsUsed(string password, bool isEncrypted)
    {
        using X509Certificate2 certificate = _certificates.Create("CN=pfx");
        string file = _certificates.Write("cert.pfx", certificate.Export(X509ContentType.Pkcs12, isEncrypted ? password : null));
        await using var station = new Station(TestProtocol.Echo, tls: Server(options => options with { CertificateFile = file, KeyPassword = isEncrypted ? password : null }));
        using SslStream client = await ConnectAsync(station);

        Assert.Equal("CN=pfx", client.RemoteCertificate!.Subject);
    }

    [Fact]
    public void Files_ThatCannotBeUsed_AreNamed()
    {
        string none = _certificates.Write("none.pem", "nothing");
        Assert.Contains("none.pem", Assert.Throws<InvalidDataException>(() => Server(options => options with { CertificateFile = none })).Message, StringComparison.Ordinal);
        Assert.Contains("gone.pem", Assert.Throws<InvalidDataException>(() => Server(options => options with { CertificateFile = "gone.pem" })).Message, StringComparison.Ordinal);
        Assert.Contains("none.pem", Assert.Throws<InvalidDataException>(() => Server(options => options with { CaFile = none, VerifyPeer = true })).Message, StringComparison.Ordinal);
        Assert.Contains("tls-ca", Assert.Throws<InvalidDataException>(() => Server(options => options with { VerifyPeer = true })).Message, StringComparison.Ordinal);
        Assert.Contains("tls-verify-peer", Assert.Throws<InvalidDataException>(() => Server(options => options with { FailIfNoPeerCertificate = true })).Message, StringComparison.Ordinal);
    }

    private static async Task<SslStream> ConnectAsync(
        Station station, X509Certificate2? certificate = null, string serverName = "localhost", SslProtocols version = SslProtocols.None)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, station.Listener.EndPoint.Port));
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = version,
            ClientCertificates = certificate is null ? null : [certificate],
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            RemoteCertificateValidationCallback = (_, given, _, _) => given is not null, // The tests look at the certificate themselves.
        }).WithDeadlineAsync();
        return stream;
    }

    private TlsOptions Strict(TlsOptions options) => options with { VerifyPeer = true, FailIfNoPeerCertificate = true, CaFile = _certificates.AuthorityFile };

    private TlsServer Server(Func<TlsOptions, TlsOptions>? change = null)
    {
        var options = new TlsOptions { CertificateFile = _certificates.PemFile("main.pem", "CN=main") };
        return new TlsServer(change is null ? options : change(options), _time, _reloads.Add);
    }
}
