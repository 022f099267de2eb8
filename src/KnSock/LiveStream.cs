using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Player;
using KnSock.Server;

namespace KnSock;

/// <summary>Live streaming in two calls, after kn-sock's <c>start_live_stream</c> and <c>connect_to_live_server</c>.</summary>
/// <remarks>Whoever wants more than this uses <see cref="LiveStreamServer"/> and <see cref="LiveStreamClient"/>, which these calls set up.</remarks>
public static class LiveStream
{
    private const int AudioPortOffset = 1;
    private const int ControlPortOffset = 10;
    private const int HighestPort = 65_535;

    /// <summary>Serves video files, a channel each; sound on <paramref name="port"/> + 1, control on <paramref name="port"/> + 10.</summary>
    /// <param name="port">Port of the picture. 0 takes three free ones.</param>
    /// <param name="videoPaths">The files, in the order of the catalog.</param>
    /// <param name="host">Address to listen on; the default is every IPv4 address of the machine.</param>
    /// <param name="cancellationToken">Gives up the start. It does not end a server that runs.</param>
    /// <returns>The running server. Disposing of it ends it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">One of the three ports would not be one.</exception>
    /// <exception cref="LiveStreamServerException">A file cannot be served, a port is taken, or ffmpeg is missing; nothing stays open.</exception>
    public static async Task<LiveStreamServer> StartAsync(
        int port, IReadOnlyList<string> videoPaths, string host = "0.0.0.0", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(videoPaths);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, HighestPort - ControlPortOffset);
        var server = new LiveStreamServer(new LiveStreamServerOptions
        {
            VideoPaths = videoPaths,
            Host = host,
            VideoPort = port,
            AudioPort = port == 0 ? 0 : port + AudioPortOffset,
            ControlPort = port == 0 ? 0 : port + ControlPortOffset,
        });
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Plays the first channel of a server, in a window unless told otherwise, until the window is closed.</summary>
    /// <param name="host">Host name or address of the server.</param>
    /// <param name="port">Port of the picture. The server announces the other two.</param>
    /// <param name="sink">What to play into. Null: a window; without a display nothing is shown, but everything is decoded.</param>
    /// <param name="cancellationToken">Ends the playback, which is no error.</param>
    /// <returns>The figures of the playback.</returns>
    /// <exception cref="LiveStreamException">The server cannot be reached, has no channels, or was lost for good.</exception>
    public static async Task<PlaybackStatistics> ConnectAsync(
        string host, int port = 8000, IMediaSink? sink = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        await using var client = new LiveStreamClient(new LiveStreamClientOptions { Host = host, VideoPort = port });
        var channels = await client.ConnectAsync(cancellationToken);
        return channels is [var first, ..]
            ? await client.PlayAsync(first, sink ?? new WindowSink(), cancellationToken)
            : throw new LiveStreamException($"{host}:{port} has no channels");
    }
}
