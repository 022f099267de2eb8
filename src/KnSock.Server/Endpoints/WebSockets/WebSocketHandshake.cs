using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>The opening handshake of RFC 6455, section 4.2. Done here because what is wanted of it is the connection, not an object that writes to it.</summary>
internal static class WebSocketHandshake
{
    /// <summary>Name of the protocol spoken over the WebSocket.</summary>
    public const string Subprotocol = "knsock.1";

    private const int KeyBytes = 16;
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Whether a request asks for what is spoken here.</summary>
    /// <param name="context">The request.</param>
    /// <param name="origins">Origins of pages that may connect besides those of this server; <c>*</c> is every one.</param>
    /// <param name="refusal">Why not: status and words.</param>
    public static bool IsValid(HttpContext context, IReadOnlyList<string> origins, out (int Status, string Words) refusal)
    {
        var headers = context.Request.Headers;
        refusal = default;
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } || !Has(headers.Upgrade, "websocket"))
        {
            refusal = (StatusCodes.Status426UpgradeRequired, "this address is for WebSockets");
        }
        else if (headers.SecWebSocketVersion != "13" || !IsKey(headers.SecWebSocketKey.ToString()))
        {
            refusal = (StatusCodes.Status400BadRequest, "this is no handshake of WebSocket version 13");
        }
        else if (!Has(headers.SecWebSocketProtocol, Subprotocol))
        {
            refusal = (StatusCodes.Status400BadRequest, $"the subprotocol spoken here is {Subprotocol}");
        }
        else if (!IsAllowed(headers.Origin.ToString(), context.Request.Host, origins))
        {
            refusal = (StatusCodes.Status403Forbidden, "pages of that origin may not connect here");
        }

        return refusal == default;
    }

    /// <summary>Accepts.</summary>
    /// <returns>The connection, of which the request's handler has the use until it returns.</returns>
    public static Task<Stream> AcceptAsync(HttpContext context)
    {
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.Connection = "Upgrade";
        headers.SecWebSocketAccept = AcceptOf(key);
        headers.SecWebSocketProtocol = Subprotocol;
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    /// <summary>Shows that the request was understood; it protects nothing, and the RFC names the algorithm.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455, 4.2.2")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(key + KeySuffix)));

    private static bool Has(Microsoft.Extensions.Primitives.StringValues list, string word) =>
        list.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(word, StringComparer.OrdinalIgnoreCase);

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        return Convert.TryFromBase64String(key, bytes, out var count) && count == KeyBytes;
    }

    /// <summary>Programs that are no browsers name no origin.</summary>
    private static bool IsAllowed(string origin, HostString host, IReadOnlyList<string> origins) =>
        origin.Length == 0
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase))
        || origins.Contains("*", StringComparer.Ordinal)
        || origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
}
