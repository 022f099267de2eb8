using System.Buffers;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Media.Jpeg;
using KnSock.Protocol;
using KnSock.Protocol.Legacy;

namespace KnSock.Client.Connection.Legacy;

/// <summary>Reads the pictures of a kn-sock server into the playback, and finds out on the way what the channel is like.</summary>
/// <param name="peer">The connection, after the choice of the video.</param>
/// <param name="selection">The selection that they answer.</param>
/// <param name="playback">Where they go.</param>
internal sealed class PictureReceiver(Peer peer, uint selection, Playback playback)
{
    /// <summary>More than the rungs of any ladder; beyond it a new size goes under the last one's name.</summary>
    private const int MostSizes = 16;

    /// <summary>Each so many pictures what was measured of them is told. Fewer would tell more of their trembling than of their rate.</summary>
    private const int BetweenMeasurements = 20;

    private readonly LegacyPictureReader _pictures = new();
    private readonly PictureTimeline _timeline = new();
    private readonly List<VideoConfiguration> _sizes = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _next;
    private long _bytes;

    /// <summary>Completes with the first picture.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Where the picture stands that comes now. Null before the first one. May be called from any thread.</summary>
    public Timestamp? EdgeAt(TimeSpan now)
    {
        lock (_gate)
        {
            return _timeline.HasBegun ? _timeline.EdgeAt(now) : null;
        }
    }

    /// <summary>Reads until the server closes the connection.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ProtocolException">What comes is no pictures.</exception>
    public async Task<ConnectionEnd> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await peer.Input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var before = buffer.Length;
            while (_pictures.TryRead(ref buffer, out var picture))
            {
                if (Accept(picture.Time, picture.Jpeg.ToArray()) is { } unit)
                {
                    await playback.AcceptAsync(TrackKind.Video, unit, isShared: false, cancellationToken);
                    _begun.TrySetResult();
                }
            }

            playback.OnReceived(before - buffer.Length, isUnconfigured: false);
            peer.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return new ConnectionEnd(ConnectionEndKind.ClosedByServer, $"was closed by the server (port {peer.Address})");
            }
        }
    }

    private ArrivedUnit? Accept(double time, byte[] jpeg)
    {
        if (!JpegHeader.TryReadSize(jpeg, out var width, out var height))
        {
            return null;
        }

        var now = playback.Time.Elapsed();
        var (pts, edge, duration) = Place(time, now);
        var rendition = RenditionOf(width, height, out var isNew);
        _bytes += jpeg.Length;
        // The first mark begins the selection, with what the catalog said of it.
        playback.OnMark(new Mark { Selection = selection, TurnStart = Timestamp.Zero, SendTime = Timestamp.FromTimeSpan(now), LiveEdge = edge });
        if (isNew || _next % BetweenMeasurements == 0)
        {
            Tell();
        }

        var unit = new AccessUnit
        {
            Kind = TrackKind.Video,
            Sequence = _next++,
            Pts = pts,
            Dts = pts,
            Duration = duration,
            IsKeyframe = true,
            Payload = jpeg,
        };
        return new ArrivedUnit(unit, _sizes[rendition]) { Selection = selection, TurnStart = Timestamp.Zero, Rendition = rendition };
    }

    private (Timestamp Pts, Timestamp Edge, TimeSpan Duration) Place(double time, TimeSpan now)
    {
        lock (_gate)
        {
            var pts = _timeline.Place(time, now);
            return (pts, _timeline.EdgeAt(now), _timeline.Period);
        }
    }

    private int RenditionOf(int width, int height, out bool isNew)
    {
        var index = _sizes.FindIndex(s => s.Width == width && s.Height == height);
        isNew = index < 0;
        if (!isNew)
        {
            return index;
        }

        var size = new VideoConfiguration { Codec = VideoConfiguration.Jpeg, Setup = ReadOnlyMemory<byte>.Empty, Width = width, Height = height };
        if (_sizes.Count < MostSizes)
        {
            _sizes.Add(size);
        }
        else
        {
            _sizes[^1] = size;
        }

        return _sizes.Count - 1;
    }

    /// <summary>What was measured goes where other servers' catalogs say it from the start.</summary>
    private void Tell()
    {
        var (rate, sizes) = (_next < BetweenMeasurements ? 0 : _timeline.FrameRate, _sizes.ToList());
        const int SoundBits = LegacyAudioFrame.SampleRate * LegacyAudioFrame.BytesPerSample * 8;
        var bits = (long)(_bytes * 8.0 * rate / (_next + 1)) + SoundBits;
        playback.OnMeasured(channel => LegacyCatalog.Seen(channel, sizes, rate, bits));
    }
}
