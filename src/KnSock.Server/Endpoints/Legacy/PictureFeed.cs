using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>
/// Sends one viewer the JPEG pictures of a channel, each when its time comes, from where they lie for all viewers of their rung, behind a header of its own. Every picture stands for itself, so
/// another rung begins with any, and what is late is left out.
/// </summary>
internal sealed class PictureFeed(LegacyMedia media, IMediaConnection connection, Func<long> underWay, Segments segments, ServerMetrics metrics) : IDisposable
{
    /// <summary>When a picture that is not encoded yet is looked for again.</summary>
    public static readonly TimeSpan StarvedInterval = TimeSpan.FromMilliseconds(8);

    private readonly byte[] _header = new byte[LegacyPictureHeader.Size];
    private ReadOnlyMemory<byte> _headerLeft;
    private ReadOnlyMemory<byte> _pictureLeft;
    private TrackCursor? _cursor;
    private TrackReader? _next;
    private int _nextRung;
    private int _lastLength;
    private Timestamp _sending;
    private bool _isHeldUp;
    private TimeSpan? _begunAt;

    /// <summary>The rung that is sent.</summary>
    public int Rung { get; private set; }

    /// <summary>Another rung is being made ready.</summary>
    public bool IsChanging => _next is not null;

    /// <summary>For how long what is to be sent next has been waiting for the link; zero where it has not.</summary>
    public TimeSpan Waiting { get; private set; }

    /// <summary>Pictures sent so far.</summary>
    public long Sent { get; private set; }

    /// <summary>Pictures left out so far.</summary>
    public long LeftOut { get; private set; }

    private bool IsSending => !_pictureLeft.IsEmpty || !_headerLeft.IsEmpty;

    private long Frame => NumberOf(_cursor!.Place);

    /// <summary>Has the pictures from a position on made ready, in a rung.</summary>
    /// <returns>Whether the first is there.</returns>
    public bool Prepare(Timestamp position, int rung)
    {
        var frame = media.Timeline.FrameRate.FrameAt(position);
        if (_cursor is null)
        {
            Rung = rung;
            _cursor = new TrackCursor(media.Timeline, media.Pictures[rung], PlaceOf(frame));
        }

        MoveTo(frame);
        return _cursor.TryPeek(out _);
    }

    /// <summary>Where the next picture is.</summary>
    public Timestamp Position => media.Timeline.FrameRate.StartOf(Frame);

    /// <summary>Begins to send, with the picture that is ready.</summary>
    public void Begin(TimeSpan now) => _begunAt = now;

    /// <summary>Has another rung made ready; it is sent from the first picture on that is there. The present one again: nothing changes.</summary>
    public void ChangeTo(int rung)
    {
        _next?.Dispose();
        _next = rung == Rung ? null : media.Pictures[rung].OpenReader(_cursor!.Gop);
        _nextRung = rung;
    }

    /// <summary>Sends what is due.</summary>
    /// <param name="live">Where the broadcast is.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="givesWay">The link is wanted for something else, so no picture is begun.</param>
    /// <returns>When there is more to do; <see cref="LoopMember.Never"/> when there has to be room first.</returns>
    /// <exception cref="IOException">The viewer is gone.</exception>
    public TimeSpan Send(Timestamp live, TimeSpan now, bool givesWay = false)
    {
        var edge = live + LegacyPace.PictureLead;
        DropUnsent(edge);
        while (TrySendRest())
        {
            var behind = edge - Position;
            if (behind < TimeSpan.Zero)
            {
                (_isHeldUp, Waiting) = (false, TimeSpan.Zero);
                return now - behind;
            }

            if (givesWay || LegacyPace.MustWait(now - _begunAt ?? TimeSpan.Zero, _lastLength, underWay))
            {
                (_isHeldUp, Waiting) = (true, behind);
                return now + StarvedInterval;
            }

            Waiting = _isHeldUp ? behind : TimeSpan.Zero;
            LeaveOut(behind, edge, now);
            Adopt();
            if (!_cursor!.TryPeek(out var gop))
            {
                return now + StarvedInterval;
            }

            var unit = gop[_cursor.Unit];
            LegacyPictureHeader.Write(_header, (_cursor.TurnStart + unit.Pts.SinceZero).TotalSeconds, unit.Payload.Length);
            (_headerLeft, _pictureLeft, _lastLength, _sending) = (_header, unit.Payload, unit.Payload.Length, Position);
            _cursor.Skip(1);
            _next?.MoveTo(_cursor.Gop);
            Sent++;
        }

        // Of what is being sent a part waits, and what comes next with it.
        (_isHeldUp, Waiting) = (true, edge - Position is { Ticks: > 0 } waiting ? waiting : TimeSpan.Zero);
        return LoopMember.Never;
    }

    public void Dispose()
    {
        _cursor?.Dispose();
        _next?.Dispose();
        (_cursor, _next) = (null, null);
    }

    /// <summary>A picture of which not a byte has gone out can still be left out.</summary>
    private void DropUnsent(Timestamp edge)
    {
        if (_headerLeft.Length == _header.Length && edge - _sending > LegacyPace.LatestPicture)
        {
            (_headerLeft, _pictureLeft) = (default, default);
            Sent--;
            LeftOut++;
        }
    }

    private bool TrySendRest()
    {
        if (!IsSending)
        {
            return true;
        }

        segments.Clear();
        if (!_headerLeft.IsEmpty)
        {
            segments.Add(_headerLeft, 0);
        }

        segments.Add(_pictureLeft, 0);
        var sent = connection.Write(segments);
        metrics.Sent(sent);
        var ofHeader = Math.Min(sent, _headerLeft.Length);
        (_headerLeft, _pictureLeft) = (_headerLeft[ofHeader..], _pictureLeft[(sent - ofHeader)..]);
        return !IsSending;
    }

    private void LeaveOut(TimeSpan behind, Timestamp edge, TimeSpan now)
    {
        var due = (int)Math.Min(int.MaxValue, media.Timeline.FrameRate.FrameAt(edge) - Frame + 1);
        var count = LegacyPace.LeftOut(behind, _isHeldUp, now - _begunAt ?? TimeSpan.Zero, due);
        LeftOut += count;
        MoveTo(Frame + count);
    }

    /// <summary>Goes over to the next rung if the next picture is there in it.</summary>
    private void Adopt()
    {
        var place = _cursor!.Place;
        var track = media.Pictures[_nextRung];
        if (_next is null || track.ReadyUnits(place.Gop) <= place.Unit)
        {
            return;
        }

        _cursor.Dispose();
        _cursor = new TrackCursor(media.Timeline, track, place);
        _next.Dispose();
        (_next, Rung) = (null, _nextRung);
    }

    private void MoveTo(long frame)
    {
        if (frame > Frame)
        {
            _cursor!.Skip((int)Math.Min(int.MaxValue, frame - Frame));
            _next?.MoveTo(_cursor.Gop);
        }
    }

    private long NumberOf(Place place) => (place.Turn * media.Timeline.FrameCount) + media.Timeline.FirstFrame(place.Gop) + place.Unit;

    private Place PlaceOf(long frame)
    {
        var (turn, within) = Math.DivRem(frame, media.Timeline.FrameCount);
        var gop = media.Timeline.GopOf(within);
        return new Place(turn, gop, (int)(within - media.Timeline.FirstFrame(gop)));
    }
}
