using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Sessions;

/// <summary>
/// Where a viewer's playout is taken to be: where the viewer says, as far as that can be; otherwise where it must be, since time goes on and nothing is played that was
/// not sent. So what is sent to one that lies, is late or says nothing at all keeps within the bounds of one that is honest.
/// </summary>
/// <remarks>
/// Ahead of what can be, nobody is believed. Reports that contradict those before them are believed when they have agreed with each other for a while: then it was the earlier ones that
/// were wrong. Holds no clock.
/// </remarks>
internal sealed class PlayoutReckoning
{
    /// <summary>From whom nothing was heard for this long is taken to play on, if there is anything to play, unless it had paused.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    /// <summary>By how much a report may fall back behind what was reckoned: by as much as playout stood still in the meantime.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1.5);

    /// <summary>Reports that contradict what was reckoned, and agree with each other, are believed after this time.</summary>
    private static readonly TimeSpan Persistence = TimeSpan.FromSeconds(2);

    /// <summary>Two reports agree if they differ by no more than this from what lies between them.</summary>
    private static readonly TimeSpan Agreement = TimeSpan.FromSeconds(0.5);

    /// <summary>What is not known of when playout began and how units are rounded.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.25);

    /// <summary>A buffer that is larger by more than this than what can be in it is no matter of rounding.</summary>
    private static readonly TimeSpan LeastLie = TimeSpan.FromSeconds(1);

    /// <summary>A viewer at the live edge that does not say how far behind it keeps is taken to keep this far.</summary>
    private static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(0.9);

    private static readonly TimeSpan LeastDelay = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    /// <summary>A sound card's clock may be so much faster.</summary>
    private const double Drift = 0.001;

    /// <summary>Who plays and gets on at less than this rate stands still.</summary>
    private const double LeastRate = 0.25;

    private readonly Timestamp _start;
    private readonly Timestamp _edge;
    private readonly Timestamp _begun;
    private readonly ReportAge? _age;
    private Timestamp _position;
    private Timestamp _at;
    private Timestamp _sent;
    private Timestamp? _heardAt;
    private Timestamp? _believedAt;
    private PlayoutState _state = PlayoutState.Buffering;
    private TimeSpan _oldBy;
    private (int Late, int Dropped) _counted;
    private (Timestamp Position, Timestamp At)? _mark;
    private (Timestamp Position, Timestamp Since)? _doubted;

    /// <summary>Begins before the first report.</summary>
    /// <param name="start">Position of the first frame.</param>
    /// <param name="liveEdge">Where playout would be without any delay.</param>
    /// <param name="isAtLiveEdge">Whether nothing is sent ahead.</param>
    /// <param name="now">The server's clock.</param>
    public PlayoutReckoning(Timestamp start, Timestamp liveEdge, bool isAtLiveEdge, Timestamp now)
    {
        (_start, _edge, _begun) = (start, Timestamp.Max(start, liveEdge), now);
        (_position, _at, _sent) = (start, now, start);
        _age = isAtLiveEdge ? new ReportAge() : null;
    }

    /// <summary>How far behind the live edge playout keeps, as the viewer says, within reason.</summary>
    public TimeSpan Delay { get; private set; } = UsualDelay;

    /// <summary>Where playout is.</summary>
    public Timestamp At(Timestamp now)
    {
        if (now > _at)
        {
            if (StateAt(now) == PlayoutState.Playing)
            {
                var reckoned = _position + (now - _at);
                // Who is at the live edge keeps to its delay, and comes back to it by itself.
                reckoned = _age is not null && !IsBelieved(now) ? Timestamp.Max(reckoned, _sent - Delay) : reckoned;
                _position = Timestamp.Max(_position, Timestamp.Min(reckoned, Most(now)));
            }

            _at = now;
        }

        return _position;
    }

    /// <summary>What playout is doing.</summary>
    public PlayoutState StateAt(Timestamp now) => IsSilent(now) && _state != PlayoutState.Paused ? PlayoutState.Playing : _state;

    /// <summary>Whether nothing was heard for so long that playout is reckoned without reports.</summary>
    public bool IsSilent(Timestamp now) => _heardAt is { } heard && now - heard > Silence;

    /// <summary>The server's clock when playout comes to a position if it goes on; <see cref="TimeSpan.MaxValue"/> if it does not.</summary>
    public TimeSpan WhenAt(Timestamp position) => _state == PlayoutState.Playing ? (_at + (position - _position)).SinceZero : TimeSpan.MaxValue;

    /// <summary>Media up to here was sent.</summary>
    public void OnSent(Timestamp position) => _sent = Timestamp.Max(_sent, position);

    /// <summary>Takes in plausible feedback.</summary>
    /// <param name="report">What the viewer says.</param>
    /// <param name="underWay">Media that was sent and may not have arrived.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="disbelief">What of it cannot be.</param>
    /// <returns>What is to be gone by in its place.</returns>
    public FeedbackFigures Believe(in FeedbackFigures report, TimeSpan underWay, Timestamp now, out Disbelief disbelief)
    {
        At(now);
        disbelief = Disbelief.None;
        if (report.TargetSeconds > 0)
        {
            Delay = TimeSpan.FromSeconds(Math.Clamp(report.TargetSeconds, LeastDelay.TotalSeconds, LongestDelay.TotalSeconds));
        }

        var held = Math.Min(report.VideoBufferSeconds, report.AudioBufferSeconds);
        if (report.PositionSeconds is { } seconds)
        {
            var claimed = Timestamp.FromSeconds(seconds);
            disbelief = Judge(report, claimed, now);
            if (disbelief == Disbelief.None || IsSteady(report, claimed, disbelief, now))
            {
                disbelief = Disbelief.None;
                Adopt(report, claimed, held, underWay, now);
            }
            else
            {
                _mark = null;
            }

            if (disbelief != Disbelief.Older)
            {
                (_state, _heardAt) = (report.State, now);
            }
        }

        var most = Math.Max(0, (_sent - _position + Slack).TotalSeconds);
        if (disbelief == Disbelief.None && held > most + LeastLie.TotalSeconds)
        {
            disbelief = Disbelief.Buffer;
        }

        return report with
        {
            State = _heardAt is null ? report.State : _state,
            VideoBufferSeconds = Math.Min(report.VideoBufferSeconds, most),
            AudioBufferSeconds = Math.Min(report.AudioBufferSeconds, most),
        };
    }

    private bool IsBelieved(Timestamp now) => _believedAt is { } at && now - at <= Silence;

    /// <summary>The furthest that playout can be: it cannot have gone faster than time since it began, and nothing is played that was not sent.</summary>
    private Timestamp Most(Timestamp now) => Timestamp.Min(_sent, _edge + ((now - _begun) * (1 + Drift))) + Slack;

    private void Adopt(in FeedbackFigures report, Timestamp claimed, double held, TimeSpan underWay, Timestamp now)
    {
        var missing = report.State == PlayoutState.Playing && held > 0 ? _sent - claimed - TimeSpan.FromSeconds(held) - underWay : TimeSpan.Zero;
        _oldBy = _age?.Of(missing, now) ?? TimeSpan.Zero;
        (_position, _doubted) = (Timestamp.Max(_start, Timestamp.Min(claimed + _oldBy, Most(now))), null);
        (_counted, _believedAt) = ((report.Late, report.Dropped), now);
    }

    private Disbelief Judge(in FeedbackFigures report, Timestamp claimed, Timestamp now)
    {
        if (report.Late < _counted.Late || report.Dropped < _counted.Dropped)
        {
            return Disbelief.Older;
        }

        if (claimed > Most(now) + Agreement)
        {
            return Disbelief.Ahead;
        }

        if (claimed + _oldBy < _position - Tolerance)
        {
            return Disbelief.Back;
        }

        return StandsStill(report, claimed, now) ? Disbelief.Standing : Disbelief.None;
    }

    /// <summary>Whether one who says that it plays gets nowhere. Then playout is taken to have gone on from where that began.</summary>
    private bool StandsStill(in FeedbackFigures report, Timestamp claimed, Timestamp now)
    {
        if (report.State != PlayoutState.Playing || _state != PlayoutState.Playing || _mark is not { } mark)
        {
            _mark = (claimed, now);
            return false;
        }

        var since = now - mark.At;
        if (since < Persistence)
        {
            return false;
        }

        _mark = (claimed, now);
        if (claimed - mark.Position >= since * LeastRate || _sent - claimed <= Agreement)
        {
            return false;
        }

        _position = Timestamp.Max(_position, Timestamp.Min(mark.Position + since, Most(now)));
        return true;
    }

    /// <summary>Whether reports have contradicted what was reckoned for long enough, and agreed with each other.</summary>
    private bool IsSteady(in FeedbackFigures report, Timestamp claimed, Disbelief disbelief, Timestamp now)
    {
        if (disbelief is not (Disbelief.Back or Disbelief.Older))
        {
            _doubted = null;
            return false;
        }

        if (_doubted is { } doubted)
        {
            var expected = report.State == PlayoutState.Playing ? doubted.Position + (now - doubted.Since) : doubted.Position;
            if ((claimed - expected).Duration() <= Agreement)
            {
                return now - doubted.Since >= Persistence;
            }
        }

        _doubted = (claimed, now);
        return false;
    }
}
