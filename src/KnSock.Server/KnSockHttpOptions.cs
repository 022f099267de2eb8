namespace KnSock.Server;

/// <summary>What is offered over HTTP, and to whom.</summary>
public sealed record KnSockHttpOptions
{
    /// <summary>
    /// Origins of web pages that may play from this server besides its own pages, such as <c>https://example.org</c>; <c>*</c> is every one. A page of another origin is refused otherwise.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Secret that a request has to show (<c>Authorization: Bearer TOKEN</c>) to see viewers or to change anything. Null: only programs on the server's own machine may, and only directly.
    /// </summary>
    public string? AdminToken { get; init; }
}
