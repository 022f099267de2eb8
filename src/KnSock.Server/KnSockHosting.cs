using KnSock.Server.Endpoints.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KnSock.Server;

/// <summary>A live-stream server within a program of ASP.NET Core.</summary>
/// <example>
/// <code>
/// builder.Services.AddKnSock(new LiveStreamServerOptions { VideoPaths = ["talk.mp4"] });
/// var app = builder.Build();
/// app.MapKnSock("/live");
/// </code>
/// </example>
public static class KnSockHosting
{
    /// <summary>Adds a <see cref="LiveStreamServer"/> that starts and stops with the host.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="options">What to serve.</param>
    /// <exception cref="ArgumentException">An option is out of range; thrown when the server is created.</exception>
    public static IServiceCollection AddKnSock(this IServiceCollection services, LiveStreamServerOptions options)
    {
        services.AddMetrics();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LiveStreamServer>(provider, options));
        return services.AddHostedService<ServerHosting>();
    }

    /// <summary>Serves players in browsers, and whatever else is offered over HTTP, below a path.</summary>
    /// <param name="endpoints">The program's endpoints. Its services must hold a <see cref="LiveStreamServer"/>, as <see cref="AddKnSock"/> adds it.</param>
    /// <param name="prefix">The path below which everything lies, such as <c>/live</c>. Empty: the root.</param>
    /// <param name="options">What is offered, and to whom. Null: the defaults.</param>
    public static IEndpointRouteBuilder MapKnSock(this IEndpointRouteBuilder endpoints, string prefix = "", KnSockHttpOptions? options = null)
    {
        var server = endpoints.ServiceProvider.GetRequiredService<LiveStreamServer>();
        new HttpEndpoints(server, options ?? new KnSockHttpOptions()).Map(endpoints, prefix);
        return endpoints;
    }
}
