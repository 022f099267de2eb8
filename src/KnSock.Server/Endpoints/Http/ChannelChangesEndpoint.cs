using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KnSock.Server.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace KnSock.Server.Endpoints.Http;

/// <summary>Changes of the channels, for administrators: a file of the media folder becomes a channel, which may get another name, or go.</summary>
internal sealed class ChannelChangesEndpoint(LiveStreamServer server)
{
    private const string JsonType = "application/json";
    private const string ProblemType = "application/problem+json";
    private const int LargestRequest = 4_096;

    /// <summary>Adds it to the endpoints.</summary>
    /// <param name="admin">Endpoints that only administrators reach.</param>
    public void Map(RouteGroupBuilder admin)
    {
        admin.MapGet("/media", () => AnswerAsync(List))
            .WithSummary("Files in the media folder, of which channels can be made.").Produces<MediaFiles>(contentType: JsonType);
        Describe(admin.MapPost("/channels", (Delegate)((HttpContext context) => AnswerAsync(changes => AddAsync(changes, context)))), 400, 404, 409, 422)
            .WithSummary("Makes a channel of a file in the media folder. It lasts until the server ends.").Accepts<AddChannel>(JsonType).Produces(StatusCodes.Status201Created);
        Describe(admin.MapPatch("/channels/{index:int}", (int index, HttpContext context) => AnswerAsync(changes => DescribeAsync(changes, index, context))), 400, 404, 409)
            .WithSummary("Gives a channel another name or title.").Accepts<DescribeChannel>(JsonType).Produces(StatusCodes.Status200OK);
        Describe(admin.MapDelete("/channels/{index:int}", (int index, HttpContext context) => AnswerAsync(changes => RemoveAsync(changes, index, context))), 404)
            .WithSummary("Removes a channel; its viewers are told that it has ended.").Produces(StatusCodes.Status204NoContent);
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, params ReadOnlySpan<int> faults)
    {
        foreach (var fault in faults)
        {
            endpoint.ProducesProblem(fault, ProblemType);
        }

        return endpoint.ProducesProblem(StatusCodes.Status403Forbidden, ProblemType);
    }

    private async Task<IResult> AnswerAsync(Func<ChannelChanges, Task<IResult>> answer)
    {
        if (server.Serving?.Changes is not { } changes)
        {
            return Results.Problem("the server is starting", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            return await answer(changes);
        }
        catch (ChannelChangeException e)
        {
            return Results.Problem(e.Message, statusCode: StatusOf(e.Fault));
        }
        catch (BadHttpRequestException e)
        {
            return Results.Problem(e.Message, statusCode: e.StatusCode);
        }
    }

    private static Task<IResult> List(ChannelChanges changes) => Task.FromResult(Results.Json(new MediaFiles(changes.ListFiles()), ChannelRequests.Default.MediaFiles));

    private static async Task<IResult> AddAsync(ChannelChanges changes, HttpContext context)
    {
        var wanted = await ReadAsync(context, ChannelRequests.Default.AddChannel, """{"file": "talk.mp4"}, and "name" and "title" if they are to be others than the file's""");
        var channel = await changes.AddAsync(wanted.File, wanted.Name, wanted.Title, context.RequestAborted);
        context.Response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path}/{channel.Index.ToString(CultureInfo.InvariantCulture)}";
        return Results.Text(ChannelDescription.Of(channel).ToJsonString(), JsonType, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> DescribeAsync(ChannelChanges changes, int index, HttpContext context)
    {
        var wanted = await ReadAsync(context, ChannelRequests.Default.DescribeChannel, """{"name": "talk"} or {"title": "A talk"}, or both""");
        return Results.Text(ChannelDescription.Of(changes.Describe(index, wanted.Name, wanted.Title)).ToJsonString(), JsonType);
    }

    private static async Task<IResult> RemoveAsync(ChannelChanges changes, int index, HttpContext context)
    {
        await changes.RemoveAsync(index, context.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, string form)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException($"this takes {JsonType}", StatusCodes.Status415UnsupportedMediaType);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestRequest;
        }

        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } request)
            {
                return request;
            }
        }
        catch (JsonException)
        {
            // What is wrong in it says less than what it should be.
        }

        throw new BadHttpRequestException($"this takes {form}", StatusCodes.Status400BadRequest);
    }

    private static int StatusOf(ChannelChangeFault fault) => fault switch
    {
        ChannelChangeFault.Fixed => StatusCodes.Status403Forbidden,
        ChannelChangeFault.NoSuchChannel or ChannelChangeFault.NoSuchFile => StatusCodes.Status404NotFound,
        ChannelChangeFault.BadName => StatusCodes.Status400BadRequest,
        ChannelChangeFault.NotServable => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };
}
