using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Legacy;

namespace KnSock.Client.Connection.Legacy;

/// <summary>Reads the sound of a kn-sock server into the playback, as fast as the picture comes and no faster: what it floods us with waits where TCP holds it back.</summary>
/// <remarks>
/// The server plays its file to each audio connection from the start, so ours is made when the first picture is there. Where there is no sound, or none for a while, silence is played, for a
/// playback without sound would wait for it.
/// </remarks>
/// <param name="options">Where the server is.</param>
/// <param name="address">The machine that sends the picture.</param>
/// <param name="selection">The selection that it answers.</param>
/// <param name="pictures">The picture, which sets the pace.</param>
/// <param name="playback">Where it goes.</param>
internal sealed class SoundReceiver(LiveStreamClientOptions options, IPAddress address, uint selection, PictureReceiver pictures, Playback playback)
{
    /// <summary>How far sound may be ahead of the picture that comes now.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(500);

    /// <summary>A server that wants both connections before it sends anything is not to wait for ever.</summary>
    private static readonly TimeSpan PatienceWithPicture = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceWithSound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MissingFor = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AlmostOver = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan SilenceAhead = TimeSpan.FromMilliseconds(150);

    /// <summary>In the system's own buffer; two thirds of a second of sound.</summary>
    private const int ReceiveBuffer = 128 * 1024;

    /// <summary>So many frames without a sample in a row are no sound.</summary>
    private const int MostEmpty = 1000;

    private readonly Encryption? _encryption = Encryption.Of(options);

    private readonly SoundTimeline _timeline = new();
    private readonly int _port = options.AudioPort ?? options.VideoPort + 1;
    private TimeSpan? _lastSound;
    private bool _isHeard;
    private bool _hasComplained;

    private TimeSpan Now => options.TimeProvider.Elapsed();

    private string Address => ConnectFailure.AddressText(options.Host, _port);

    /// <summary>Runs until the server closes a connection on which sound came; one without is tried again.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        await FillAsync(Task.WhenAny(pictures.Begun, Task.Delay(PatienceWithPicture, options.TimeProvider, cancellationToken)), cancellationToken);
        while (true)
        {
            if (await OpenAsync(cancellationToken) is { } peer)
            {
                await using (peer)
                {
                    _isHeard = false;
                    await ReceiveAsync(peer, cancellationToken);
                    if (_isHeard)
                    {
                        return new ConnectionEnd(ConnectionEndKind.ClosedByServer, $"was closed by the server (port {peer.Address})");
                    }

                    Complain($"{Address} sends none for this video");
                }
            }

            _timeline.Leave();
            await FillAsync(Task.Delay(BetweenAttempts, options.TimeProvider, cancellationToken), cancellationToken);
        }
    }

    private async Task<Peer?> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var opening = Peer.ConnectAsync(new IPEndPoint(address, _port), options.Host, _encryption, either.Token, ReceiveBuffer);
            await FillAsync(opening, cancellationToken);
            return await opening;
        }
        catch (SocketException e)
        {
            Complain(ConnectFailure.NotConnected(options.Host, _port, e).Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Complain(ConnectFailure.NoAnswer(options.Host, _port, options.ConnectTimeout).Message);
        }

        return null;
    }

    /// <summary>Reads until the server closes the connection, or sends what is no sound.</summary>
    /// <exception cref="IOException">The connection broke after there was sound.</exception>
    private async Task ReceiveAsync(Peer peer, CancellationToken cancellationToken)
    {
        var reader = new LegacyAudioReader();
        var opened = Now;
        var isOver = false;
        while (!isOver)
        {
            var reading = peer.Input.ReadAsync(cancellationToken).AsTask();
            await FillAsync(reading, cancellationToken, () =>
            {
                if (!_isHeard && Now - opened > PatienceWithSound)
                {
                    Complain($"nothing comes from {Address}; the server may have none for this video");
                }
            });
            try
            {
                var result = await reading;
                await TakeAsync(reader, peer.Input, result, cancellationToken);
                isOver = result.IsCompleted;
            }
            catch (IOException) when (!_isHeard)
            {
                return;
            }

            if (reader.EmptyInARow > MostEmpty)
            {
                _isHeard = false;
                return;
            }
        }
    }

    private async Task TakeAsync(LegacyAudioReader reader, PipeReader input, ReadResult result, CancellationToken cancellationToken)
    {
        var buffer = result.Buffer;
        var before = buffer.Length;
        while (reader.TryRead(ref buffer, out var frame))
        {
            _isHeard = true;
            var edge = await EdgeAsync(cancellationToken);
            _lastSound = Now;
            if (_timeline.Place(frame, edge, Now) is { } unit)
            {
                await UntilDueAsync(unit, cancellationToken);
                await GiveAsync(unit, cancellationToken);
            }
        }

        playback.OnReceived(before - buffer.Length, isUnconfigured: false);
        input.AdvanceTo(buffer.Start, buffer.End);
    }

    private async Task<Timestamp> EdgeAsync(CancellationToken cancellationToken)
    {
        await pictures.Begun.WaitAsync(cancellationToken);
        return pictures.EdgeAt(Now) ?? Timestamp.Zero;
    }

    /// <summary>Waits until the picture has come as far as to this sound; meanwhile nothing is read, and the server has to wait, too.</summary>
    private async Task UntilDueAsync(AccessUnit unit, CancellationToken cancellationToken)
    {
        while (unit.Pts - (pictures.EdgeAt(Now) ?? Timestamp.Zero) > Ahead)
        {
            await Task.Delay(Glance, options.TimeProvider, cancellationToken);
        }
    }

    private ValueTask GiveAsync(AccessUnit unit, CancellationToken cancellationToken) => playback.AcceptAsync(
        TrackKind.Audio,
        new ArrivedUnit(unit, LegacyCatalog.Sound) { Selection = selection, TurnStart = Timestamp.Zero, Rendition = 0 },
        isShared: false,
        cancellationToken);

    /// <summary>Waits, and plays silence where sound is missing meanwhile.</summary>
    private async Task FillAsync(Task waiting, CancellationToken cancellationToken, Action? glance = null)
    {
        while (!waiting.IsCompleted)
        {
            await Task.WhenAny(waiting, Task.Delay(Glance, options.TimeProvider, cancellationToken));
            if (cancellationToken.IsCancellationRequested)
            {
                // What was waited for ends too; nothing may be left that reads from a connection that is closed.
                await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            glance?.Invoke();
            if (SilentUpTo() is { } end)
            {
                while (_timeline.End < end)
                {
                    await GiveAsync(_timeline.Silence(), cancellationToken);
                }
            }
        }
    }

    /// <summary>Up to where silence has to be played. Null: there is sound, or no picture to play it with.</summary>
    private Timestamp? SilentUpTo()
    {
        var now = Now;
        if (pictures.EdgeAt(now) is not { } edge)
        {
            return null;
        }

        if (playback.Position is { } position)
        {
            return _timeline.End - position < AlmostOver ? position + SilenceAhead : null;
        }

        _lastSound ??= now;
        return now - _lastSound > MissingFor ? edge : null;
    }

    private void Complain(string why)
    {
        if (!_hasComplained)
        {
            _hasComplained = true;
            playback.ReportError($"there is no sound: {why}");
        }
    }
}
