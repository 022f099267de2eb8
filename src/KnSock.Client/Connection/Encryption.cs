using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KnSock.Client.Connection;

/// <summary>How connections are encrypted, and which certificates are trusted.</summary>
internal sealed class Encryption
{
    private readonly LiveStreamClientOptions _options;
    private readonly X509Certificate2Collection? _authorities;

    private Encryption(LiveStreamClientOptions options, X509Certificate2Collection? authorities) => (_options, _authorities) = (options, authorities);

    /// <summary>What the options ask for. Null: connections are not encrypted.</summary>
    /// <exception cref="LiveStreamException">The file of authorities cannot be read.</exception>
    public static Encryption? Of(LiveStreamClientOptions options)
    {
        if (!options.UseTls)
        {
            return null;
        }

        if (options.TlsCaPath is not { } path)
        {
            return new Encryption(options, authorities: null);
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0 ? new Encryption(options, authorities) : throw new CryptographicException("it holds none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new LiveStreamException($"the certificates in {ConnectFailure.Printable(path)} cannot be read ({ConnectFailure.Printable(e.Message)}); name a PEM file", e);
        }
    }

    /// <summary>Shakes hands over a connection, which is this stream's from now on.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The server does not speak TLS, or its certificate is not trusted.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<SslStream> BeginAsync(Stream connection, CancellationToken cancellationToken)
    {
        var ssl = new SslStream(connection);
        var how = new SslClientAuthenticationOptions { TargetHost = _options.Host };
        if (_options.TrustsAnyCertificate)
        {
            how.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        }
        else if (_authorities is not null)
        {
            how.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            how.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        try
        {
            await ssl.AuthenticateAsClientAsync(how, cancellationToken);
            return ssl;
        }
        catch
        {
            await ssl.DisposeAsync();
            throw;
        }
    }
}
