using System.Net;
using System.Net.Sockets;
using KnSock.Protocol.Legacy;

namespace KnSock.Client.Connection.Legacy;

/// <summary>Tells a kn-sock server each second how much picture lies ready. Playing does not depend on it: a connection that cannot be had is tried again later.</summary>
/// <param name="options">Where the server is.</param>
/// <param name="address">The machine that sends the picture.</param>
/// <param name="playback">What is told of.</param>
internal sealed class FeedbackSpeaker(LiveStreamClientOptions options, IPAddress address, Playback playback)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(5);

    private readonly Encryption? _encryption = Encryption.Of(options);
    private readonly int _port = options.ControlPort ?? options.VideoPort + 10;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SpeakAsync(cancellationToken);
            }
            catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                await Task.Delay(BetweenAttempts, options.TimeProvider, cancellationToken);
            }
        }
    }

    private async Task SpeakAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await using var peer = await Peer.ConnectAsync(new IPEndPoint(address, _port), options.Host, _encryption, either.Token);
        while (true)
        {
            var level = playback.Statistics.VideoBufferSeconds;
            await peer.WriteAsync(LegacyFeedback.Write(level), cancellationToken);
            await Task.Delay(Interval, options.TimeProvider, cancellationToken);
        }
    }
}
