using System.Text.Json.Nodes;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KnSock.Server.Endpoints.Http;

/// <summary>The JSON API: what there is to see, for everybody; who sees it and how, for administrators.</summary>
internal sealed class ApiEndpoint(LiveStreamServer server, AdminAccess access, ViewerAccess viewers)
{
    private const int MostListed = 10_000;
    private const int UsuallyListed = 1_000;

    private static readonly TimeSpan SpeedIsOld = TimeSpan.FromSeconds(5);

    /// <summary>Adds the API to the endpoints.</summary>
    public void Map(RouteGroupBuilder group)
    {
        var api = group.MapGroup("/api");
        var open = api.MapGroup("").AddEndpointFilter(viewers.FilterAsync);
        open.MapGet("/channels", (HttpContext context) => WhileServing(serving => Channels(serving, context)))
            .WithSummary("The channels on offer, and how many watch each.");
        open.MapGet("/channels/{index:int}", (int index, HttpContext context) => WhileServing(serving => OneChannel(serving, index, context)))
            .WithSummary("One channel.");
        open.MapGet("/channels/{index:int}/poster.jpg", (int index, HttpContext context) => PosterAsync(index, context))
            .WithSummary("A still picture of a channel.");

        var admin = api.MapGroup("").AddEndpointFilter(access.FilterAsync);
        admin.MapGet("/sessions", (int? limit, HttpContext context) => SessionsAsync(limit ?? UsuallyListed, context))
            .WithSummary("The viewer sessions: how many there are, and how those that came last stand.");
        admin.MapGet("/sessions/{id}/decisions", (string id, HttpContext context) => DecisionsAsync(id, context))
            .WithSummary("A session's newest decisions, each with all that it was taken from.");
        admin.MapDelete("/sessions/{id}", (string id) => WhileServing(serving => End(serving, id)))
            .WithSummary("Ends a session.");
        admin.MapGet("/server", (HttpContext context) => WhileServing(serving => ServerState(serving, context)))
            .WithSummary("What the server does: egress, processor, what is encoded and watched.");
        new ChannelChangesEndpoint(server).Map(admin);
    }

    private IResult WhileServing(Func<Serving, IResult> answer) => server.Serving is { } serving ? answer(serving) : Starting();

    private static IResult Starting() => Results.Problem("the server is starting", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static IResult Channels(Serving serving, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Json(new JsonObject { ["channels"] = new JsonArray([.. serving.Context.Channels.Where(c => ViewerAccess.Opens(context, c)).Select(ChannelDescription.Of)]) });
    }

    private static IResult OneChannel(Serving serving, int index, HttpContext context) =>
        serving.Context.Channels.FirstOrDefault(c => c.Index == index) is { } channel && ViewerAccess.Opens(context, channel) ? Json(ChannelDescription.Of(channel)) : Results.NotFound();

    private async Task<IResult> PosterAsync(int index, HttpContext context) => server.Serving is not { } serving ? Starting()
        : serving.Posters is { } posters && serving.Context.Channels.FirstOrDefault(c => c.Index == index) is { } channel && ViewerAccess.Opens(context, channel) ? await posters.AnswerAsync(channel, context)
        : Results.NotFound();

    private async Task<IResult> SessionsAsync(int limit, HttpContext context)
    {
        if (server.Serving is not { } serving)
        {
            return Starting();
        }

        var figures = await serving.Loops.CollectAsync(static m => (m as IServedSession)?.Figures()).WaitAsync(context.RequestAborted);
        var newest = figures.OrderBy(f => f.JoinedSeconds).Take(Math.Clamp(limit, 0, MostListed));
        return Results.Json(new SessionList(figures.Count, [.. newest]), ApiContext.Default.SessionList);
    }

    private async Task<IResult> DecisionsAsync(string id, HttpContext context)
    {
        if (server.Serving is not { } serving)
        {
            return Starting();
        }

        if (serving.Context.Explanations.Find(id) is not [var session])
        {
            return Results.NotFound();
        }

        var taken = await session.ExplainAsync().WaitAsync(context.RequestAborted);
        return Json(new JsonObject
        {
            ["decisions"] = new JsonArray([.. taken.Select(t => JsonNode.Parse(DecisionJson.Write(t.ToRecord())))]),
        });
    }

    private static IResult End(Serving serving, string id)
    {
        if (serving.Context.Explanations.Find(id) is not [var session])
        {
            return Results.NotFound();
        }

        session.Dismiss("an administrator ended it");
        return Results.NoContent();
    }

    private static IResult ServerState(Serving serving, HttpContext context) => Json(new JsonObject
    {
        ["uptimeSeconds"] = serving.Clock.Elapsed.TotalSeconds,
        ["sentBytes"] = serving.Context.Metrics.SentBytes,
        ["cpuSeconds"] = Environment.CpuUsage.TotalTime.TotalSeconds,
        ["cores"] = Environment.ProcessorCount,
        ["memoryBytes"] = Environment.WorkingSet,
        ["sessions"] = serving.Context.Channels.Sum(c => c.Viewers),
        ["channels"] = new JsonArray([.. serving.Context.Channels.Select(c => Activity(c, serving.Clock.Elapsed))]),
    });

    private static JsonObject Activity(Channel channel, TimeSpan now) => new()
    {
        ["index"] = channel.Index,
        ["name"] = channel.Name,
        ["title"] = channel.Info.Title,
        ["viewers"] = channel.Viewers,
        ["renditions"] = new JsonArray([.. channel.Media.All.Concat(channel.Media.Legacy?.All.Where(t => t.IsRead) ?? []).Select(t => new JsonObject
        {
            ["name"] = t.Rendition.Name,
            ["watched"] = t.IsRead,
            ["ready"] = Math.Round(t.ReadyShare, 3),
            ["encoderSpeed"] = t.EncodingSpeed is { } speed && now - speed.At < SpeedIsOld ? Math.Round(speed.Speed, 2) : null,
            ["fault"] = t.Fault,
        })]),
    };

    private static IResult Json(JsonObject json) => Results.Text(json.ToJsonString(), "application/json");
}
