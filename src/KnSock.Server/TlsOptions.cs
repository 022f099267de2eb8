namespace KnSock.Server;

/// <summary>What connections are encrypted with. The files are looked at every second: when they have changed, new connections get the new certificate, and those there are go on.</summary>
public sealed record TlsOptions
{
    /// <summary>The certificate and those of its authorities (PEM, the server's own first), or certificate and key in one file (PKCS #12, without password, by its ending <c>.pfx</c> or <c>.p12</c>).</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The private key (PEM, not encrypted). Null: it is in the file of the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Whether it names files.</summary>
    internal bool NamesFiles => CertificatePath.Length > 0 && KeyPath is not "";
}
