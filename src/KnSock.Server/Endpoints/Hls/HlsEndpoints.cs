using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using KnSock.Server.Access;
using KnSock.Server.Channels;
using KnSock.Server.Endpoints.Http;
using KnSock.Server.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>The channels over HTTP Live Streaming (RFC 8216bis), with low latency for players that can.</summary>
/// <remarks>
/// HLS media are public: any player on any page may fetch them, so each answer has <c>Access-Control-Allow-Origin: *</c> whatever <see cref="KnSockHttpOptions.AllowedOrigins"/> says, which is about
/// sessions. Nothing of a viewer is in a request or an answer, so that caches can serve one answer to all. Where the server asks for viewer tokens each request shows one, and caches on the way keep nothing.
/// </remarks>
/// <param name="running">The channels of the server, if it runs, and its clock.</param>
/// <param name="stopping">Cancelled when nothing is to be waited for any more.</param>
/// <param name="tokens">Whom the server lets in. Null: everybody.</param>
internal sealed class HlsEndpoints(Func<SessionContext?> running, CancellationToken stopping, Func<TokenCheck?>? tokens = null)
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly ConditionalWeakTable<Channel, HlsChannel> _channels = [];
    private readonly HlsLeases _leases = new();

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, LiveStreamServer server)
    {
        var stopping = endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        new HlsEndpoints(() => server.Serving?.Context, stopping, () => server.Serving?.Tokens).Map(endpoints.MapGroup("/hls/{channel}"));
    }

    internal void Map(RouteGroupBuilder group)
    {
        // Players on other pages that show a token ask beforehand whether they may (Fetch, "CORS-preflight request").
        group.MapMethods("/{**path}", [HttpMethods.Options], AllowToken);
        group.MapMethods("/index.m3u8", Methods, context => AnswerAsync(context, AnswerMultivariantAsync));
        group.MapMethods("/{track}/index.m3u8", Methods, context => AnswerAsync(context, OfTrack((request, c) => request.AnswerPlaylistAsync(c))));
        group.MapMethods("/{track}/{instance}/init.mp4", Methods, context => AnswerAsync(context, OfTrack((request, c) => request.AnswerInitAsync(c))));
        group.MapMethods("/{track}/{instance}/{number}.m4s", Methods, context => AnswerAsync(context, OfTrack((request, c) => request.AnswerSegmentAsync(c))));
        group.MapMethods("/{track}/{instance}/{number}/{part}.m4s", Methods, context => AnswerAsync(context, OfTrack((request, c) => request.AnswerSegmentAsync(c))));
    }

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, HlsChannel, CancellationToken, Task> answer)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (running() is not { } serving || !_leases.TryWait())
        {
            HlsAnswers.Refuse(context, StatusCodes.Status503ServiceUnavailable);
            return;
        }

        if (tokens?.Invoke() is { } check && !ViewerAccess.TryAdmit(context, check, out _))
        {
            _leases.EndWait();
            HlsAnswers.Refuse(context, StatusCodes.Status401Unauthorized);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            if (Find(serving, context) is { } channel && ViewerAccess.Opens(context, channel.Channel))
            {
                await answer(context, channel, either.Token);
            }
            else
            {
                HlsAnswers.Refuse(context, StatusCodes.Status404NotFound);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Nobody waits for it any more, or the server stops.
            if (!context.Response.HasStarted)
            {
                HlsAnswers.Refuse(context, StatusCodes.Status503ServiceUnavailable);
            }
        }
        finally
        {
            _leases.EndWait();
        }
    }

    private static Task AllowToken(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowHeaders = "Authorization";
        headers.AccessControlMaxAge = "7200";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task AnswerMultivariantAsync(HttpContext context, HlsChannel channel, CancellationToken cancellationToken) =>
        HlsAnswers.PlaylistAsync(context, channel.Multivariant(), seconds: 2);

    /// <summary>An answer that is about a rendition, and about this broadcast if one is named.</summary>
    private static Func<HttpContext, HlsChannel, CancellationToken, Task> OfTrack(Func<HlsRequest, CancellationToken, Task> answer) => (context, channel, cancellationToken) =>
    {
        if (channel.Find(Value(context, "track") ?? "") is { } track && Value(context, "instance") is var instance && (instance is null || instance == channel.Broadcast.Instance))
        {
            return answer(new HlsRequest(context, track), cancellationToken);
        }

        HlsAnswers.Refuse(context, StatusCodes.Status404NotFound);
        return Task.CompletedTask;
    };

    private HlsChannel? Find(SessionContext serving, HttpContext context)
    {
        var channel = HlsNumbers.TryRead(Value(context, "channel"), out var index) ? serving.Channels.FirstOrDefault(c => c.Index == index) : null;
        return channel is null ? null : _channels.GetValue(channel, c => new HlsChannel(c, RandomNumberGenerator.GetHexString(12, lowercase: true), _leases, serving.Clock, stopping));
    }

    private static string? Value(HttpContext context, string name) => context.GetRouteValue(name) as string;
}
