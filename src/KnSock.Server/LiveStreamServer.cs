using KnSock.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace KnSock.Server;

/// <summary>Serves video files as channels to any number of viewers.</summary>
public sealed class LiveStreamServer : IAsyncDisposable
{
    private readonly LiveStreamServerOptions _options;

    /// <summary>Creates a server; nothing is opened yet.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public LiveStreamServer(LiveStreamServerOptions options, ILoggerFactory? loggerFactory = null)
    {
        _options = options;
        _ = loggerFactory;
    }

    /// <summary>The channels on offer; empty before the server was started.</summary>
    public IReadOnlyList<ChannelInfo> Channels { get; private set; } = [];

    /// <summary>The port of the picture that is held.</summary>
    public int VideoPort => _options.VideoPort;

    /// <summary>The port of the sound that is held.</summary>
    public int AudioPort => _options.AudioPort;

    /// <summary>The control port that is held.</summary>
    public int ControlPort => _options.ControlPort ?? (_options.VideoPort + 10);

    /// <summary>Probes the files and opens the ports; returns when viewers can connect.</summary>
    /// <exception cref="LiveStreamServerException">A file cannot be served, a port is taken, or ffmpeg is missing; nothing stays open.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => throw new LiveStreamServerException($"cannot start on {_options.Host}");

    /// <summary>Ends all sessions and encoders.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAny(Task.CompletedTask, Task.FromResult(_options));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);
}
