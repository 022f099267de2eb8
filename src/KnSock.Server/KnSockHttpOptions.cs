namespace KnSock.Server;

/// <summary>What is offered over HTTP, and to whom.</summary>
public sealed record KnSockHttpOptions
{
    /// <summary>
    /// Origins of web pages that may play from this server besides its own pages, such as <c>https://example.org</c>; <c>*</c> is every one. A page of another origin is refused otherwise.
    /// HLS is not meant: its media are public, and any page may fetch them.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Secret by which a request may see viewers and change what is served (<c>Authorization: Bearer TOKEN</c>). Without it only programs on the server's own machine may, and only directly.
    /// Null: there is no such secret.
    /// </summary>
    public string? AdminToken { get; init; }

    /// <summary>Programs on the server's own machine have to show the token, too. For a server behind a proxy on the same machine.</summary>
    public bool IsTokenAlwaysNeeded { get; init; }

    /// <inheritdoc/>
    /// <remarks>Without the token, which belongs in no log.</remarks>
    public override string ToString() => nameof(KnSockHttpOptions);
}
