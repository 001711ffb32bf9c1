using Microsoft.Extensions.Logging;
using Ropeway.Security.Tls;

namespace Ropeway.Server;

/// <summary>Makes what TLS listeners need from the options.</summary>
internal static class TlsSetup
{
    /// <summary>Reads the certificates; they are read again when their files change.</summary>
    /// <exception cref="StartupException">There is no certificate, a file cannot be read, or the options contradict each other.</exception>
    public static TlsServer Create(ServerOptions options, TimeProvider time, ILogger logger)
    {
        if (options.TlsCertificateFile is null)
        {
            throw new StartupException(ExitCode.Tls, "an amqps listener needs a certificate: give it with --tls-certificate");
        }

        var tls = new TlsOptions
        {
            CertificateFile = options.TlsCertificateFile,
            KeyFile = options.TlsKeyFile,
            KeyPassword = options.TlsKeyPassword,
            ServerNames = options.TlsServerNames,
            CaFile = options.TlsCaFile,
            VerifyPeer = options.TlsVerifyPeer,
            FailIfNoPeerCertificate = options.TlsFailIfNoPeerCertificate,
            Versions = options.TlsVersions,
        };
        try
        {
            return new TlsServer(tls, time, problem => Tell(logger, problem));
        }
        catch (InvalidDataException fault)
        {
            throw new StartupException(ExitCode.Tls, fault.Message, fault);
        }
    }

    private static void Tell(ILogger logger, string? problem)
    {
        if (problem is null)
        {
            ServerLog.CertificatesReplaced(logger);
        }
        else
        {
            ServerLog.CertificatesNotReplaced(logger, problem);
        }
    }
}
