using Microsoft.Extensions.Hosting;

namespace KnSock.Server.Endpoints.Http;

/// <summary>Starts and stops a server with its host.</summary>
internal sealed class ServerHosting(LiveStreamServer server) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);
}
