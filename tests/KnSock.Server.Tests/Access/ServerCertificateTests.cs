using KnSock.Server.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Access;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly TestCertificate _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BothKindsOfFilesAreRead(bool isPfx)
    {
        var certificate = Open(isPfx ? new TlsOptions { CertificatePath = _files.PfxPath } : _files.Options);
        Assert.Equal(_files.Serial, certificate.Current.TargetCertificate.SerialNumber);
    }

    [Fact]
    public void KeyAndCertificateMayBeInOneFile()
    {
        File.AppendAllText(_files.CertificatePath, "\n" + File.ReadAllText(_files.KeyPath));
        Assert.True(Open(new TlsOptions { CertificatePath = _files.CertificatePath }).Current.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void WhatHasChangedIsReadAnewAndWhatIsBadLeavesTheOneBefore()
    {
        var certificate = Open(_files.Options);
        var first = certificate.Current;
        certificate.LookAgain();
        Assert.Same(first, certificate.Current);

        File.WriteAllText(_files.CertificatePath, "nothing of use");
        certificate.LookAgain();
        Assert.Same(first, certificate.Current);
        File.Delete(_files.CertificatePath);
        certificate.LookAgain();
        Assert.Same(first, certificate.Current);

        var serial = _files.Write();
        certificate.LookAgain();
        Assert.Equal(serial, certificate.Current.TargetCertificate.SerialNumber);
    }

    [Fact]
    public void WhatCannotBeUsedIsNamed()
    {
        using var other = new TestCertificate();
        TlsOptions[] bad =
        [
            new() { CertificatePath = "/nowhere/a.pem" }, new() { CertificatePath = _files.CertificatePath }, new() { CertificatePath = _files.CertificatePath, KeyPath = other.KeyPath },
            new() { CertificatePath = _files.KeyPath, KeyPath = _files.KeyPath }, new() { CertificatePath = "/nowhere/a.pfx" },
        ];
        foreach (var options in bad)
        {
            var e = Assert.Throws<LiveStreamServerException>(() => Open(options));
            Assert.StartsWith($"the certificate in {options.CertificatePath} cannot be used (", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static ServerCertificate Open(TlsOptions options) => new(options, NullLogger.Instance);
}
