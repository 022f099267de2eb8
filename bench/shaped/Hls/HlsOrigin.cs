using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KnSock.Shaped.Hls;

/// <summary>A small web server at the server's end of a link: files of an <see cref="HlsStore"/>, below <c>/vod</c> as they are, below <c>/live</c> as a broadcast; and takes the page's figures.</summary>
internal sealed partial class HlsOrigin : IAsyncDisposable
{
    /// <summary>How long the broadcast has run when the server starts, so that there is a playlist.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromSeconds(20);

    private readonly WebApplication _web;
    private readonly HlsStore _store;
    private readonly Socket _listener;
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow - Before;
    private readonly TaskCompletionSource<string> _figures = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HlsOrigin(HlsStore store, Socket listener)
    {
        (_store, _listener) = (store, listener);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenHandle((ulong)listener.Handle));
        _web = builder.Build();
        _web.Run(AnswerAsync);
    }

    /// <summary>What the page said at its end, as JSON.</summary>
    public Task<string> Figures => _figures.Task;

    /// <summary>Starts one.</summary>
    /// <param name="store">What it serves.</param>
    /// <param name="listener">Where it listens; it is closed at the end.</param>
    public static async Task<HlsOrigin> StartAsync(HlsStore store, Socket listener)
    {
        var origin = new HlsOrigin(store, listener);
        await origin._web.StartAsync();
        return origin;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _web.StopAsync(atOnce.Token);
        await _web.DisposeAsync();
        _listener.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // The page lies at the viewer's, so that it costs the link nothing.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (HttpMethods.IsPost(context.Request.Method))
        {
            using var reader = new StreamReader(context.Request.Body);
            _figures.TrySetResult(await reader.ReadToEndAsync(context.RequestAborted));
            return;
        }

        if (FilePath().Match(context.Request.Path.Value ?? "") is not { Success: true } match)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = match.Groups["ending"].Value == "m3u8" ? "application/vnd.apple.mpegurl" : "video/mp4";
        var path = Path.Combine(_store.Path, match.Groups["file"].Value);
        if (match.Groups["kind"].Value == "live" && path.EndsWith(HlsStore.Index, StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(HlsPlaylist.Parse(await File.ReadAllTextAsync(path)).LiveAt(_began, DateTimeOffset.UtcNow), context.RequestAborted);
        }
        else if (File.Exists(path))
        {
            await context.Response.SendFileAsync(path, context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    [GeneratedRegex(@"^/(?<kind>vod|live)/(?<file>(\d+p/)?\w+\.(?<ending>m3u8|mp4|m4s))$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FilePath();
}
