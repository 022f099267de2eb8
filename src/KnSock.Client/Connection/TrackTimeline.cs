using System.Buffers;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Connection;

/// <summary>Turns the frames of one connection into units on the viewer's timeline, as the marks and configurations between them say.</summary>
/// <remarks>A mark may have been lost to damage: a turn of the loop that begins without one shows by numbers and times that fall back.</remarks>
/// <param name="track">The track that the connection carries.</param>
internal sealed class TrackTimeline(TrackKind track)
{
    private readonly Dictionary<int, DecoderConfiguration> _configurations = [];
    private Timestamp _turnStart;
    private (uint Sequence, Timestamp Pts)? _last;
    private bool _discontinuity;

    /// <summary>The last mark. Null before the first.</summary>
    public Mark? Mark { get; private set; }

    /// <summary>Frames whose payload is not what its kind asks for although its checksums hold.</summary>
    public long Malformed { get; private set; }

    /// <summary>Units of the present selection that cannot be used because no configuration came for them.</summary>
    public long Unconfigured { get; private set; }

    /// <summary>Takes in a frame.</summary>
    /// <param name="frame">The frame; its payload is copied.</param>
    /// <param name="turnLength">Length of one turn of the loop.</param>
    /// <returns>The unit in it. Null if it is not one or cannot be used.</returns>
    public ArrivedUnit? Accept(in Frame frame, TimeSpan turnLength)
    {
        try
        {
            switch (frame.Header.Kind)
            {
                case FrameKind.Mark:
                    Accept(Protocol.Mark.Read(frame.Payload.ToArray()), frame.Header.Flags.HasFlag(FrameFlags.Discontinuity));
                    return null;
                case FrameKind.Configuration:
                    Configure(frame);
                    return null;
                case FrameKind.AccessUnit:
                    return Place(frame, turnLength);
                default:
                    return null;
            }
        }
        catch (ProtocolException)
        {
            Malformed++;
            return null;
        }
    }

    private void Accept(Mark mark, bool discontinuity)
    {
        if (mark.Selection != Mark?.Selection)
        {
            _configurations.Clear();
            Unconfigured = 0;
        }

        _discontinuity |= discontinuity;
        // What the mark says holds; only between two units without one is a turn to be guessed.
        (_turnStart, _last) = (mark.TurnStart, null);
        Mark = mark;
    }

    private void Configure(in Frame frame)
    {
        var configuration = ConfigurationPayload.Read(frame.Payload.ToArray());
        if (configuration is VideoConfiguration != (track == TrackKind.Video))
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, "a configuration of the other track");
        }

        if (!_configurations.TryGetValue(frame.Header.Rendition, out var known) || !IsSame(known, configuration))
        {
            _configurations[frame.Header.Rendition] = configuration;
        }
    }

    /// <summary>Whether two configurations say the same, so that the object that decoders compare by stays the same.</summary>
    private static bool IsSame(DecoderConfiguration a, DecoderConfiguration b) =>
        a.Setup.Span.SequenceEqual(b.Setup.Span) && a == (b with { Setup = a.Setup });

    private ArrivedUnit? Place(in Frame frame, TimeSpan turnLength)
    {
        var header = frame.Header;
        if (Mark is not { } mark)
        {
            return null;
        }

        if (!_configurations.TryGetValue(header.Rendition, out var configuration))
        {
            Unconfigured++;
            return null;
        }

        if (_last is { } last && header.Sequence < last.Sequence && last.Pts - header.Pts > turnLength / 2)
        {
            _turnStart += turnLength;
        }

        _last = (header.Sequence, header.Pts);
        var offset = _turnStart.SinceZero;
        var unit = new AccessUnit
        {
            Kind = track,
            Sequence = header.Sequence,
            Pts = header.Pts + offset,
            Dts = header.Dts + offset,
            Duration = TimeSpan.FromMicroseconds(header.DurationMicroseconds),
            IsKeyframe = header.Flags.HasFlag(FrameFlags.Keyframe),
            Payload = frame.Payload.ToArray(),
        };
        var arrived = new ArrivedUnit(unit, configuration)
        {
            Selection = mark.Selection,
            TurnStart = _turnStart,
            Rendition = header.Rendition,
            Discontinuity = _discontinuity,
        };
        _discontinuity = false;
        return arrived;
    }
}
