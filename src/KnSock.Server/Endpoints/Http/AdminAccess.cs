using System.Net;
using System.Security.Cryptography;
using KnSock.Server.Endpoints.Sockets;
using Microsoft.AspNetCore.Http;

namespace KnSock.Server.Endpoints.Http;

/// <summary>
/// Who may see viewers and change what is served: whoever shows the token, and programs on the server's own machine that reach it directly and by a name of that machine,
/// so that neither a proxy beside it nor a page that has its own name point there lets others in.
/// </summary>
internal sealed class AdminAccess(KnSockHttpOptions options)
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _hash = options.AdminToken is { } token ? Hash(token) : null;

    /// <summary>Lets a request through, or answers it with 401 or 403.</summary>
    public async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        context.Response.Headers.CacheControl = "no-store";
        if (Allows(context))
        {
            return await next(invocation);
        }

        if (_hash is null)
        {
            return Results.Problem("this is served to the server's own machine only; it has no admin token", statusCode: StatusCodes.Status403Forbidden);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem("this takes the admin token: Authorization: Bearer TOKEN", statusCode: StatusCodes.Status401Unauthorized);
    }

    /// <summary>Whether a request comes from one who may.</summary>
    public bool Allows(HttpContext context)
    {
        if (IsFromOtherPage(context.Request))
        {
            return false;
        }

        var said = context.Request.Headers.Authorization.ToString();
        return said.Length > 0 ? IsRight(said) : !options.IsTokenAlwaysNeeded && IsFromThisMachine(context);
    }

    private bool IsRight(string said) =>
        _hash is { } hash && said.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(hash, Hash(said[Scheme.Length..].Trim()));

    /// <summary>Proxies say so, or speak HTTP/1.0 unless they are told otherwise.</summary>
    private static bool IsFromThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && LoopbackAddresses.Contain(address)
        && context.Request.Protocol != HttpProtocol.Http10 && !context.Request.Headers.Keys.Any(IsOfProxy) && IsOwnName(context.Request.Host.Host);

    private static byte[] Hash(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));

    /// <summary>What a page of another origin asks for in somebody's name is not that person's doing.</summary>
    public static bool IsFromOtherPage(HttpRequest request) =>
        request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));

    private static bool IsOfProxy(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || header.Equals("Via", StringComparison.OrdinalIgnoreCase) || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    private static bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && LoopbackAddresses.Contain(address));
}
