using KnSock.Server.Endpoints.Hls;
using KnSock.Server.Endpoints.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KnSock.Server.Endpoints.Http;

/// <summary>All that a server offers over HTTP.</summary>
internal sealed class HttpEndpoints(LiveStreamServer server, KnSockHttpOptions options)
{
    /// <summary>Adds the endpoints below a path.</summary>
    public void Map(IEndpointRouteBuilder endpoints, string prefix)
    {
        var group = endpoints.MapGroup(prefix);
        group.MapGet("/healthz", () => server.Serving is null
            ? Results.Text("starting", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ok"));
        var access = new AdminAccess(options);
        var viewers = new ViewerAccess(server);
        viewers.Map(group);
        new ApiEndpoint(server, access, viewers).Map(group);
        new PagesEndpoint().Map(group);
        group.Map("/ws", context => WhileServingAsync(context, serving => new WebSocketEndpoint(serving, options.AllowedOrigins, access.Allows).RunAsync(context)));
        HlsEndpoints.Map(group, server);
    }

    /// <summary>Answers a request while the server runs.</summary>
    private Task WhileServingAsync(HttpContext context, Func<Serving, Task> answer)
    {
        if (server.Serving is { } serving)
        {
            return answer(serving);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("the server is starting", context.RequestAborted);
    }
}
