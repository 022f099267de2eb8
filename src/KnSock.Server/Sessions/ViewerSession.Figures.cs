using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Sessions;

/// <content>How it stands, for those who look after the server.</content>
internal sealed partial class ViewerSession
{
    private FeedbackFigures? _reported;
    private int _switches;

    /// <inheritdoc/>
    public SessionFigures? Figures()
    {
        if (_checkAt == TimeSpan.Zero || _ended.Task.IsCompleted)
        {
            return null;
        }

        var now = _context.Clock.Elapsed;
        var figures = new SessionFigures
        {
            Id = _id,
            Address = _connection.Peer,
            Client = _connection.Client,
            Transport = _connection.Transport,
            JoinedSeconds = (now - _beganAt).TotalSeconds,
            Switches = _switches,
            LinkBitsPerSecond = _link.Estimate.BitsPerSecond,
        };
        return _playing is { } playing ? WithPlayout(figures, playing, now) : figures;
    }

    /// <inheritdoc/>
    public void Dismiss(string reason) => _loop.Post(() => Leave(reason));

    /// <summary>Something else is watched, or nothing.</summary>
    private void Watch(Playing? playing)
    {
        _playing?.Viewing.Channel.CountViewer(-1);
        playing?.Viewing.Channel.CountViewer(1);
        _playing = playing;
    }

    private SessionFigures WithPlayout(SessionFigures figures, Playing playing, TimeSpan now)
    {
        var (viewing, steering) = playing;
        var channel = viewing.Channel;
        var rung = channel.Ladder.Video[steering.Rung];
        var reported = _reported is { } report && report.Selection == viewing.Selection ? report : (FeedbackFigures?)null;
        return figures with
        {
            Channel = channel.Name,
            Rendition = rung.Name,
            BitsPerSecond = rung.BitsPerSecond + channel.Ladder.Audio.BitsPerSecond,
            State = reported?.State.ToString().ToLowerInvariant(),
            BufferSeconds = reported is { } r ? Math.Min(r.VideoBufferSeconds, r.AudioBufferSeconds) : null,
            TargetSeconds = reported?.TargetSeconds,
            LatencyMs = reported is { } said && viewing.IsLive ? Latency(said, viewing, now) : null,
            Stalls = reported?.Stalls ?? 0,
            StallMs = reported?.StallMs ?? 0,
            Dropped = reported?.Dropped ?? 0,
        };
    }

    /// <summary>Playout is taken to have gone on since the report if it played.</summary>
    private double? Latency(in FeedbackFigures reported, Viewing viewing, TimeSpan now) => reported.PositionSeconds is { } position
        ? Math.Round(1000 * (viewing.LiveEdge(Timestamp.FromTimeSpan(now)).TotalSeconds - position - (reported.State == PlayoutState.Playing ? (now - _feedbackAt).TotalSeconds : 0)))
        : null;
}
