using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Native;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace KnSock.Server.Tests.Endpoints.Http;

/// <summary>A server with its web endpoint on Kestrel.</summary>
internal sealed class WebServing : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebServing(RunningServer running, WebApplication application) => (Running, _application) = (running, application);

    public RunningServer Running { get; }

    /// <summary>The root of what is served, such as <c>http://127.0.0.1:12345</c>.</summary>
    public Uri Address => new(_application.Urls.First());

    public static async Task<WebServing> StartAsync(
        SmallVideos videos,
        string prefix = "",
        KnSockHttpOptions? options = null,
        bool isSecure = false,
        Func<LiveStreamServerOptions, LiveStreamServerOptions>? change = null)
    {
        var running = await RunningServer.StartAsync(videos, change);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddSingleton(running.Server);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (isSecure)
            {
                listen.UseHttps(Certificate());
            }
        }));
        if (isSecure)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var application = builder.Build();
        application.UseRouting();
        application.MapKnSock(prefix, options);
        await application.StartAsync();
        return new WebServing(running, application);
    }

    /// <summary>The program ends while viewers are there.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
