using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Loops;

namespace KnSock.Server.Sessions;

/// <content>What it is sent of a channel, from its beginning to its end.</content>
internal sealed partial class ViewerSession
{
    /// <inheritdoc/>
    public void OnRendition(RenditionNotice notice)
    {
        Log.RenditionChanged(_context.Logger, _id, notice.Name, notice.Reason);
        _switches += notice.From is null ? 0 : 1;
        Send(notice);
    }

    /// <inheritdoc/>
    public void OnSoundChosen() => _video.LeaveGroup();

    /// <inheritdoc/>
    public void OnSound(SoundNotice notice)
    {
        Log.SoundChanged(_context.Logger, _id, notice.BitsPerSecond / 1000, notice.Reason);
        Send(notice);
    }

    /// <inheritdoc/>
    public void OnProbe() => _video.LeaveGroup();

    /// <summary>It is to be called for its group at a time, or before.</summary>
    private void CallAt(TimeSpan due)
    {
        if (due < Due && !_ended.Task.IsCompleted)
        {
            _loop.Schedule(this, due);
        }
    }

    private TimeSpan Send(TimeSpan now)
    {
        var due = _video.Send(now);
        if (!ReferenceEquals(_audio, _video))
        {
            due = Earlier(_audio.Send(now), due);
        }

        if (_playing is { } playing && (_video.TakeFault() ?? _audio.TakeFault()) is { } fault)
        {
            // Sound alone, or a picture alone, would keep the viewer waiting for the other.
            Replace(playing: null);
            Send(new ChannelEndedNotice { Selection = playing.Viewing.Selection, Reason = fault });
        }

        if (_video.IsBlocked || _audio.IsBlocked)
        {
            _connection.AwaitRoom();
            _connection.HearLater(later: false);
        }

        return due;
    }

    /// <summary>A channel that is not on offer any more ends for its viewers, who have been told the new catalog.</summary>
    private void EndWhatIsGone()
    {
        if ((_next ?? _playing) is { Viewing: { Channel.HasEnded: true } viewing })
        {
            Replace(playing: null);
            Send(new ChannelEndedNotice { Selection = viewing.Selection, Reason = "it is not on offer any more" });
        }
    }

    /// <summary>Nothing more is sent of what was selected before; what comes instead begins soon.</summary>
    private void Replace(Playing? playing)
    {
        _next?.Steering.Dispose();
        Watch(playing: null);
        _next = playing;
        _video.Begin(viewing: null, []);
        _audio.Begin(viewing: null, []);
    }

    private void Start(TimeSpan now)
    {
        Watch(_next);
        (_next, _startedAt) = (null, now);
        var (viewing, steering) = _playing!;
        var picture = new TrackFeed(viewing, steering.FirstTrack, steering);
        var sound = new TrackFeed(viewing, steering.Sound.Wanted, steering.Sound);
        if (ReferenceEquals(_audio, _video))
        {
            _video.Begin(viewing, [sound, picture]);
            return;
        }

        _audio.Begin(viewing, [sound]);
        _video.Begin(viewing, [picture]);
    }
}
