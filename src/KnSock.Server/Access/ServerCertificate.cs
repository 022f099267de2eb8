using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Access;

/// <summary>The certificate that connections are encrypted with, read anew when its files have changed.</summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly TlsOptions _options;
    private readonly ILogger _logger;
    private string _seen;
    private volatile SslStreamCertificateContext _current;

    /// <summary>Reads it.</summary>
    /// <exception cref="LiveStreamServerException">It cannot be read, or certificate and key are no pair.</exception>
    public ServerCertificate(TlsOptions options, ILogger logger)
    {
        (_options, _logger, _seen) = (options, logger, Look(options));
        try
        {
            _current = Load(options);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new LiveStreamServerException($"the certificate in {DisplayText.Clean(options.CertificatePath)} cannot be used ({DisplayText.Clean(e.Message)}); give a certificate and its private key as PEM files", e);
        }
    }

    /// <summary>The certificate with those of its authorities.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <summary>How a connection that comes now is encrypted.</summary>
    public SslServerAuthenticationOptions ForConnection() => new() { ServerCertificateContext = _current };

    /// <summary>Looks whether the files have changed, until cancelled.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(LookInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LookAgain();
        }
    }

    /// <summary>Reads the files anew if they have changed since the last look. What cannot be used changes nothing.</summary>
    public void LookAgain()
    {
        var now = Look(_options);
        if (now == _seen)
        {
            return;
        }

        _seen = now;
        try
        {
            _current = Load(_options);
            Log.CertificateChanged(_logger, DisplayText.Clean(_options.CertificatePath), _current.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            Log.CertificateNotChanged(_logger, DisplayText.Clean(_options.CertificatePath), DisplayText.Clean(e.Message));
        }
    }

    private static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or InvalidOperationException;

    /// <summary>What is seen of the files from outside.</summary>
    private static string Look(TlsOptions options) => string.Join('|', ((string?[])[options.CertificatePath, options.KeyPath]).OfType<string>().Select(static path =>
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length}" : "none";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "none";
        }
    }));

    private static SslStreamCertificateContext Load(TlsOptions options)
    {
        var path = options.CertificatePath;
        if (Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
        {
            return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12FromFile(path, password: null), additionalCertificates: null, offline: true);
        }

        var certificate = X509Certificate2.CreateFromPemFile(path, options.KeyPath ?? path);
        if (OperatingSystem.IsWindows())
        {
            // There a key has to lie in a store of the system's for TLS to use it.
            using var withoutStore = certificate;
            certificate = X509CertificateLoader.LoadPkcs12(withoutStore.Export(X509ContentType.Pkcs12), password: null);
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
