using System.Text.Json;
using KnSock.Server.Access;
using KnSock.Server.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KnSock.Server.Endpoints.Http;

/// <summary>
/// Who may see and play channels over HTTP, where the server asks for viewer tokens. A token stands in the header of a request (<c>Authorization: Bearer</c>) or in a cookie, which a page of this server
/// gets by showing the token once and cannot read; never in an address, which would be written into logs.
/// </summary>
internal sealed class ViewerAccess(LiveStreamServer server)
{
    private const string Cookie = "knsock-viewer";
    private const string Scheme = "Bearer ";
    private const int LongestBody = 4096;

    /// <summary>The token that a request shows. Null: none.</summary>
    public static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { Length: > 0 } said && said.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? said[Scheme.Length..].Trim()
        : request.Cookies.TryGetValue(Cookie, out var kept) ? kept : null;

    /// <summary>Adds the addresses at which a page has its token kept in a cookie, and taken out of it again.</summary>
    public void Map(RouteGroupBuilder group)
    {
        var api = group.MapGroup("/api");
        api.MapPost("/viewer-token", context => KeepAsync(context, PathOf(context)))
            .WithSummary("Has a viewer token kept in a cookie: {\"token\":\"...\"}.");
        api.MapDelete("/viewer-token", context => Forget(context, PathOf(context)))
            .WithSummary("Has the cookie with the viewer token dropped.");
    }

    /// <summary>Lets a request through whose token is good, or answers it with 401.</summary>
    public async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next) =>
        server.Serving is not { } serving || TryAdmit(invocation.HttpContext, serving.Tokens, out var refusal)
            ? await next(invocation)
            : Results.Problem(refusal, statusCode: StatusCodes.Status401Unauthorized);

    /// <summary>Whether a request may see anything. What its token opens is kept with it, for <see cref="Opens"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tokens">Whom the server lets in.</param>
    /// <param name="refusal">Why it may not.</param>
    public static bool TryAdmit(HttpContext context, TokenCheck tokens, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? refusal)
    {
        if (!tokens.TryAdmit(TokenOf(context.Request), out var admission, out refusal))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            context.Response.Headers.CacheControl = "no-store";
            return false;
        }

        if (admission is not null)
        {
            context.Features.Set(admission.Grant);
            context.Response.Headers.Vary = "Authorization, Cookie";
        }

        return true;
    }

    /// <summary>Whether a channel is open to a request that was let through.</summary>
    public static bool Opens(HttpContext context, Channel channel) => context.Features.Get<ViewerGrant>()?.Opens(channel.Name) != false;

    /// <summary>Who else may keep an answer: anybody, or only whoever asked because it was for its token.</summary>
    public static string CacheScope(HttpContext context) => context.Features.Get<ViewerGrant>() is null ? "public" : "private";

    /// <summary>The cookie goes to all that lies beside the API and nowhere else.</summary>
    private static string PathOf(HttpContext context)
    {
        var path = $"{context.Request.PathBase}{context.Request.Path}";
        return path[..(path.LastIndexOf("/api/", StringComparison.Ordinal) + 1)];
    }

    private async Task KeepAsync(HttpContext context, string path)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (server.Serving is not { Tokens: { IsOn: true } tokens })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (AdminAccess.IsFromOtherPage(context.Request) || !context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else
        {
            await KeepAsync(context, path, tokens, await ReadAsync(context.Request));
        }
    }

    private static async Task KeepAsync(HttpContext context, string path, TokenCheck tokens, string? token)
    {
        if (!tokens.TryAdmit(token, out var admission, out var refusal))
        {
            await Results.Problem(refusal, statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
            return;
        }

        context.Response.Cookies.Append(Cookie, token!, Options(context, path, admission!.Grant.Expires));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task Forget(HttpContext context, string path)
    {
        context.Response.Cookies.Delete(Cookie, Options(context, path, expires: null));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static CookieOptions Options(HttpContext context, string path, DateTimeOffset? expires) =>
        new() { Path = path, HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Expires = expires, IsEssential = true };

    /// <summary>The token in the body of a request. Null: there is none.</summary>
    private static async Task<string?> ReadAsync(HttpRequest request)
    {
        var body = new byte[LongestBody];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(0, length));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String
                ? token.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
