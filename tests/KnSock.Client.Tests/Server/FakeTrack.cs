using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Tests.Server;

/// <summary>The frames of one track of a selection, one unit after another, turn after turn.</summary>
internal sealed class FakeTrack
{
    private readonly TrackKind _kind;
    private readonly SyntheticChannel _channel;
    private readonly uint _selection;
    private readonly TimeSpan _edgeOffset;
    private readonly AccessUnit[] _units;
    private long _turn;
    private int _next;
    private uint _marks;
    private int _rung = -1;

    public FakeTrack(TrackKind kind, SyntheticChannel channel, uint selection, double startSeconds, TimeSpan edgeOffset)
    {
        (_kind, _channel, _selection, _edgeOffset) = (kind, channel, selection, edgeOffset);
        _units = kind == TrackKind.Video ? channel.Rungs[0] : channel.Sound;
        _turn = (long)(startSeconds / channel.Length.TotalSeconds);
        while (NextAt < startSeconds)
        {
            Advance();
        }
    }

    /// <summary>Position of the next unit on the viewer's timeline, seconds.</summary>
    public double NextAt => (TurnStart + _units[_next].Pts.SinceZero).TotalSeconds;

    private Timestamp TurnStart => Timestamp.FromTimeSpan(_channel.Length * _turn);

    /// <summary>The next unit with what comes before it.</summary>
    public IEnumerable<byte[]> Take(int rung, Timestamp now)
    {
        var isSwitch = _kind == TrackKind.Video ? _units[_next].IsKeyframe && _rung != rung : _rung < 0;
        _rung = isSwitch ? (_kind == TrackKind.Video ? rung : 0) : _rung;
        if (_marks == 0 || _next == 0 || isSwitch || _next % 4 == 0)
        {
            var mark = new byte[FrameWriter.MarkSize];
            FrameWriter.Mark(
                mark,
                new Mark { Selection = _selection, TurnStart = TurnStart, SendTime = now, LiveEdge = now - _edgeOffset },
                _kind,
                _rung,
                _marks,
                discontinuity: _marks == 0);
            _marks++;
            yield return mark;
        }

        if (isSwitch)
        {
            yield return FrameWriter.Configuration(_kind == TrackKind.Video ? SyntheticChannel.VideoSetup(_rung) : SyntheticChannel.AudioSetup, _rung);
        }

        yield return FrameWriter.AccessUnit(_kind == TrackKind.Video ? _channel.Rungs[_rung][_next] : _units[_next], _rung);
        Advance();
    }

    private void Advance()
    {
        _next = (_next + 1) % _units.Length;
        _turn += _next == 0 ? 1 : 0;
    }
}
