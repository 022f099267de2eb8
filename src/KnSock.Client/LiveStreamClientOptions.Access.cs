namespace KnSock.Client;

/// <content>How the way to the server is protected, and how the viewer shows that it may watch.</content>
public sealed partial record LiveStreamClientOptions
{
    /// <summary>A hello, which has the token in it, has 4,096 bytes at most.</summary>
    private const int LongestToken = 2048;

    /// <summary>Whether connections are encrypted with TLS, as the server's are that has a certificate. Its certificate must be for <see cref="Host"/>, from an authority that the system trusts.</summary>
    public bool UseTls { get; init; }

    /// <summary>File with the certificates (PEM) of the authorities that are trusted in place of the system's; for a server that signed its certificate itself, that certificate. Null: those that the system trusts.</summary>
    public string? TlsCaPath { get; init; }

    /// <summary>Whether any certificate is taken (false). Whoever is on the way can then read and change everything, the token too.</summary>
    public bool TrustsAnyCertificate { get; init; }

    /// <summary>The viewer token, for a server that asks for one. A secret. Null: none is shown.</summary>
    public string? Token { get; init; }

    /// <inheritdoc/>
    /// <remarks>Without the token, which belongs in no log.</remarks>
    public override string ToString() => $"{nameof(LiveStreamClientOptions)} for {Host}:{VideoPort}";

    private void ValidateAccess()
    {
        Require(TlsCaPath is not "", nameof(TlsCaPath), "must name a file with certificates");
        Require(UseTls || (TlsCaPath is null && !TrustsAnyCertificate), TlsCaPath is null ? nameof(TrustsAnyCertificate) : nameof(TlsCaPath), $"must go with {nameof(UseTls)}");
        Require(Token is null || (Token.Length is > 0 and <= LongestToken && !Token.Any(c => c is < '!' or > '~')), nameof(Token), $"must be 1 to {LongestToken} printable characters");
    }
}
