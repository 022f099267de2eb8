using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Framing;

/// <summary>Holds the frames of one track on one connection against the protocol's rules of order.</summary>
/// <param name="track">Picture or sound.</param>
/// <param name="isLooped">The same bytes come over and over (see <see cref="Recording"/>): a first mark may come again.</param>
internal sealed class TrackOrder(TrackKind track, bool isLooped)
{
    private Mark _mark;
    private int _rendition = -1;
    private uint _marks;
    private bool _isFresh;
    private bool _needsConfiguration;
    private bool _needsKeyframe;
    private bool _hasNewConfiguration;
    private uint _lastSequence;
    private Timestamp _lastTurn;
    private long _lastDue;

    /// <summary>The last mark.</summary>
    public Mark Mark => _mark;

    /// <summary>How often the frames did not continue those before; the first time is the start.</summary>
    public int Discontinuities { get; private set; }

    /// <summary>How often a GOP was begun again in another rung.</summary>
    public int GopsBegunAgain { get; private set; }

    /// <summary>Takes a mark.</summary>
    /// <exception cref="ProtocolException">It may not come here.</exception>
    public void TakeMark(in FrameHeader header, in Mark mark)
    {
        var isDiscontinuity = header.Flags.HasFlag(FrameFlags.Discontinuity);
        var isFirst = _rendition < 0 || (isLooped && isDiscontinuity && header.Sequence == 0);
        ThrowIf(
            isFirst && !isDiscontinuity ? "the first mark has no flag discontinuity"
            : header.Sequence != (isFirst ? 0 : _marks) ? $"mark {header.Sequence} comes where {_marks} is due"
            : mark.Selection != FrameVerifier.Selection ? $"a mark answers selection {mark.Selection}, which was never made"
            : !isDiscontinuity && mark.TurnStart.Microseconds < _mark.TurnStart.Microseconds ? "a turn begins before the one before it"
            : null);
        if (isFirst || header.Rendition != _rendition)
        {
            (_needsConfiguration, _needsKeyframe) = (true, true);
        }

        if (isDiscontinuity)
        {
            (_isFresh, _needsKeyframe) = (true, true);
            Discontinuities++;
        }

        (_mark, _rendition, _marks) = (mark, header.Rendition, header.Sequence + 1);
    }

    /// <summary>Takes a configuration.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="kind">What it says that it is for.</param>
    /// <exception cref="ProtocolException">It may not come here.</exception>
    public void TakeConfiguration(in FrameHeader header, TrackKind kind)
    {
        ThrowIf(
            _rendition < 0 ? "a configuration comes before the first mark"
            : kind != track || header.Rendition != _rendition ? "a configuration is for another track or rung than its mark"
            : null);
        (_needsConfiguration, _needsKeyframe, _hasNewConfiguration) = (false, true, true);
    }

    /// <summary>Takes an access unit.</summary>
    /// <exception cref="ProtocolException">It may not come here.</exception>
    public void TakeUnit(in FrameHeader header)
    {
        var isKeyframe = header.Flags.HasFlag(FrameFlags.Keyframe);
        ThrowIf(
            _rendition < 0 ? "a unit comes before the first mark"
            : _needsConfiguration ? "a unit comes before its configuration"
            : header.Rendition != _rendition ? $"a unit of rung {header.Rendition} comes behind a mark of rung {_rendition}"
            : !isKeyframe && (_needsKeyframe || track == TrackKind.Audio) ? "a unit has to be a keyframe and is none"
            : null);

        var due = _mark.TurnStart.Microseconds + header.Dts.Microseconds;
        if (!_isFresh)
        {
            TakeNext(header, due, isKeyframe);
        }

        (_isFresh, _needsKeyframe, _hasNewConfiguration) = (false, false, false);
        (_lastSequence, _lastTurn, _lastDue) = (header.Sequence, _mark.TurnStart, due);
    }

    private void TakeNext(in FrameHeader header, long due, bool isKeyframe)
    {
        var isSameTurn = _mark.TurnStart == _lastTurn;
        if (track == TrackKind.Video && isKeyframe && _hasNewConfiguration && isSameTurn && header.Sequence <= _lastSequence)
        {
            GopsBegunAgain++;
            return;
        }

        var next = isSameTurn ? _lastSequence + 1 : 0;
        ThrowIf(
            header.Sequence != next ? $"unit {header.Sequence} comes where {next} is due"
            : due <= _lastDue ? "a unit is to be decoded before the one before it"
            : null);
    }

    private void ThrowIf(string? fault)
    {
        if (fault is not null)
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, $"{(track == TrackKind.Video ? "picture" : "sound")}: {fault}");
        }
    }
}
