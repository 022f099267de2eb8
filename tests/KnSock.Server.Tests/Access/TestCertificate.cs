using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KnSock.Server.Tests.Access;

/// <summary>A certificate for this machine in files of its own.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-certificate-").FullName;

    public TestCertificate() => Serial = Write();

    public string CertificatePath => Path.Combine(_folder, "certificate.pem");

    public string KeyPath => Path.Combine(_folder, "key.pem");

    public string PfxPath => Path.Combine(_folder, "both.pfx");

    public TlsOptions Options => new() { CertificatePath = CertificatePath, KeyPath = KeyPath };

    /// <summary>Serial number of the certificate that was written last.</summary>
    public string Serial { get; private set; }

    /// <summary>Makes another certificate and writes it over the one before.</summary>
    /// <returns>Its serial number.</returns>
    public string Write()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllBytes(PfxPath, certificate.Export(X509ContentType.Pfx));
        return Serial = certificate.SerialNumber;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
