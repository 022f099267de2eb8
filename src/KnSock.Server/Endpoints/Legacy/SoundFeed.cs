using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>
/// Sends one viewer the samples of a channel's sound, 1,024 at a time, each piece when its time comes. The client plays them one behind the other, so none may be too many: at the seam of the loop a
/// piece has the last samples of a turn and the first of the next one, and the silence that fills up the turn's last unit is left out.
/// </summary>
internal sealed class SoundFeed(LegacyMedia media, IMediaConnection connection, ServerMetrics metrics) : IDisposable
{
    private readonly byte[] _piece = new byte[LegacyAudioFrame.WholeSize];
    private TrackCursor? _cursor;
    private long _first;
    private int _filled;
    private int _left;
    private int _skippedInUnit;
    private bool _hasBegun;

    private Timestamp Position => Timestamp.FromUnits(_first, LegacyAudioFrame.SampleRate);

    /// <summary>It is so late that the pictures, which take ten times as much of the link, have to leave that to it; not for long, in case its viewer does not take it at all.</summary>
    public bool IsPressed(Timestamp live) => _left > 0 && live - Position is var late && late > LegacyPace.PressedSound && late < LegacyPace.LatestSound;

    /// <summary>Has the sound from a position on made ready.</summary>
    /// <returns>Whether its start is there.</returns>
    public bool Prepare(Timestamp position)
    {
        Seek(position);
        return _cursor!.TryPeek(out _);
    }

    /// <summary>Begins to send, from a position on.</summary>
    public void Begin(Timestamp position)
    {
        Seek(position);
        _hasBegun = true;
    }

    /// <summary>Sends what is due.</summary>
    /// <param name="live">Where the broadcast is.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>When there is more to do; <see cref="LoopMember.Never"/> when there has to be room first.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public TimeSpan Send(Timestamp live, TimeSpan now)
    {
        if (_left == _piece.Length && live - Position > LegacyPace.LatestSound)
        {
            // Nothing of it has gone out.
            _left = 0;
        }

        while (_hasBegun && TrySendRest())
        {
            if (live - Position > LegacyPace.LatestSound)
            {
                // Whatever held it up, it has to be in step with the picture again.
                Seek(live);
            }

            var behind = live + LegacyPace.SoundLead - Position;
            if (behind < TimeSpan.Zero)
            {
                return now - behind;
            }

            if (!TryFill())
            {
                return now + PictureFeed.StarvedInterval;
            }

            LegacyAudioHeader.Write(_piece, Position.TotalSeconds, _filled);
            (_left, _filled) = (_piece.Length, 0);
            _first += LegacyAudioFrame.WholeSamples;
        }

        return LoopMember.Never;
    }

    public void Dispose()
    {
        _cursor?.Dispose();
        _cursor = null;
    }

    private bool TrySendRest()
    {
        if (_left > 0)
        {
            var sent = connection.Write(_piece.AsSpan(_piece.Length - _left));
            metrics.Sent(sent);
            _left -= sent;
        }

        return _left == 0;
    }

    /// <summary>Takes samples until the piece is full. False if some are not there yet; what was taken is kept.</summary>
    private bool TryFill()
    {
        var samples = _piece.AsSpan(LegacyAudioHeader.Size);
        while (_filled < samples.Length)
        {
            var place = _cursor!.Place;
            if (!_cursor.TryPeek(out var gop))
            {
                return false;
            }

            if (_cursor.Place != place)
            {
                // An encoder gave up in the middle of a GOP: what it left out is left out here, too.
                Seek(StartOf(_cursor));
                return false;
            }

            var end = SamplesIn(_cursor) * LegacyAudioFrame.BytesPerSample;
            var part = gop[_cursor.Unit].Payload.Span[Math.Min(_skippedInUnit, end)..end];
            part = part[..Math.Min(part.Length, samples.Length - _filled)];
            part.CopyTo(samples[_filled..]);
            _filled += part.Length;
            _skippedInUnit += part.Length;
            if (_skippedInUnit >= end)
            {
                _cursor.Skip(1);
                _skippedInUnit = 0;
            }
        }

        return true;
    }

    private Timestamp StartOf(TrackCursor cursor) => Timestamp.FromUnits(
        media.Timeline.FirstSample(cursor.Turn) + ((media.Timeline.FirstAudioUnit(cursor.Gop) + cursor.Unit) * AudioRendition.SamplesPerUnit), LegacyAudioFrame.SampleRate);

    /// <summary>Samples of a unit that belong to its turn.</summary>
    private int SamplesIn(TrackCursor cursor)
    {
        var loop = media.Timeline;
        var before = (loop.FirstAudioUnit(cursor.Gop) + cursor.Unit) * AudioRendition.SamplesPerUnit;
        return (int)Math.Clamp(loop.FirstSample(cursor.Turn + 1) - loop.FirstSample(cursor.Turn) - before, 0, AudioRendition.SamplesPerUnit);
    }

    private void Seek(Timestamp position)
    {
        var loop = media.Timeline;
        _first = Timestamp.Max(position, Timestamp.Zero).ToUnits(LegacyAudioFrame.SampleRate);
        var turn = loop.Locate(position).Turn;
        var within = _first - loop.FirstSample(turn);
        if (within < 0)
        {
            (turn, within) = (turn - 1, _first - loop.FirstSample(turn - 1));
        }

        var unit = Math.Min(within / AudioRendition.SamplesPerUnit, loop.FirstAudioUnit(loop.GopCount) - 1);
        var gop = loop.GopOfAudioUnit(unit);
        (_filled, _skippedInUnit) = (0, (int)(within - (unit * AudioRendition.SamplesPerUnit)) * LegacyAudioFrame.BytesPerSample);
        var place = new Place(turn, gop, (int)(unit - loop.FirstAudioUnit(gop)));
        if (_cursor is null)
        {
            _cursor = new TrackCursor(loop, media.Sound, place);
        }
        else if (_cursor.Turn != turn || _cursor.Gop != gop || _cursor.Unit > place.Unit)
        {
            _cursor.ResumeAt(place);
        }
        else
        {
            _cursor.Skip(place.Unit - _cursor.Unit);
        }
    }
}
