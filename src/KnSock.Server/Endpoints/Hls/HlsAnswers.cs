using KnSock.Server.Endpoints.Http;
using Microsoft.AspNetCore.Http;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>How requests are answered, so that caches between server and viewers do as much as they can.</summary>
internal static class HlsAnswers
{
    private const string PlaylistType = "application/vnd.apple.mpegurl";

    /// <summary>Media of an address never change; nobody asks for them an hour later.</summary>
    public static string Immutable(HttpContext context) => $"{ViewerAccess.CacheScope(context)}, max-age=3600, immutable";

    /// <summary>A status without content, which no cache keeps.</summary>
    public static void Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }
    }

    /// <summary>A playlist, which caches may keep for some seconds.</summary>
    public static Task PlaylistAsync(HttpContext context, string text, int seconds)
    {
        context.Response.Headers.CacheControl = $"{ViewerAccess.CacheScope(context)}, max-age={seconds}";
        return BytesAsync(context, System.Text.Encoding.UTF8.GetBytes(text), PlaylistType);
    }

    /// <summary>Bytes as they are.</summary>
    public static async Task BytesAsync(HttpContext context, ReadOnlyMemory<byte> bytes, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    /// <summary>Media, fragment by fragment.</summary>
    public static async Task MediaAsync(HttpContext context, FragmentSequence fragments, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = fragments.Length;
        context.Response.Headers.CacheControl = Immutable(context);
        for (var i = 0; i < fragments.Count && !HttpMethods.IsHead(context.Request.Method); i++)
        {
            fragments.Write(i);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }
}
