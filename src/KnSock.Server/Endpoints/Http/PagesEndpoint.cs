using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using KnSock.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KnSock.Server.Endpoints.Http;

/// <summary>The web pages and what they load.</summary>
internal sealed class PagesEndpoint
{
    /// <summary>Nothing is loaded from elsewhere and no script stands in a page. Styles do: those of the player's controls and plots are set by their scripts.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
        + "worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private readonly ConcurrentDictionary<WebPage, Stored> _stored = new();

    /// <summary>Adds the pages to the endpoints.</summary>
    public void Map(RouteGroupBuilder group)
    {
        foreach (var page in WebPages.All)
        {
            group.MapMethods($"/{page.Path}", ["GET", "HEAD"], context => AnswerAsync(context, page));
            if (page.Path.EndsWith(".html", StringComparison.Ordinal) && page.Path != "index.html")
            {
                group.MapMethods($"/{page.Path[..^".html".Length]}", ["GET", "HEAD"], context => AnswerAsync(context, page));
            }
        }

        if (WebPages.Find("index.html") is { } index)
        {
            group.MapMethods("/", ["GET", "HEAD"], context => AnswerFolderAsync(context, index));
        }
    }

    /// <summary>What is relative in a page lies beside it only where the path of the folder ends with a slash.</summary>
    private Task AnswerFolderAsync(HttpContext context, WebPage index)
    {
        if (context.Request.Path.Value is { } path && path.EndsWith('/'))
        {
            return AnswerAsync(context, index);
        }

        context.Response.Redirect($"{context.Request.PathBase}{context.Request.Path}/{context.Request.QueryString}");
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext context, WebPage page)
    {
        var stored = _stored.GetOrAdd(page, static p => Stored.Of(p));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = page.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = stored.Tag;
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(stored.Tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var isPacked = stored.Packed is not null && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isPacked)
        {
            headers.ContentEncoding = "gzip";
        }

        var content = isPacked ? stored.Packed!.Value : page.Content;
        context.Response.ContentType = page.ContentType;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    /// <summary>What is worked out of a file once.</summary>
    /// <param name="Packed">It, gzipped. Null: that makes it no smaller.</param>
    /// <param name="Tag">Its entity tag.</param>
    private sealed record Stored(ReadOnlyMemory<byte>? Packed, string Tag)
    {
        public static Stored Of(WebPage page)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                gzip.Write(page.Content.Span);
            }

            return new Stored(packed.Length < page.Content.Length ? packed.ToArray() : null, $"\"{Convert.ToHexStringLower(SHA256.HashData(page.Content.Span)[..8])}\"");
        }
    }
}
