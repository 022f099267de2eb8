using KnSock.Client.Playout;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <content>What is told about the playback: to the user and to the server.</content>
internal sealed partial class Playback
{
    /// <inheritdoc/>
    public PlaybackStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                var (video, audio) = Levels();
                var totals = Totals(Now);
                return new PlaybackStatistics
                {
                    Channel = Channel.Name,
                    JoinMs = _meter.JoinMs,
                    FramesPresented = _meter.Presented,
                    FramesDropped = totals.Dropped,
                    Stalls = totals.Stalls,
                    StallMs = totals.StallTime.TotalMilliseconds,
                    AvSkewP95Ms = _meter.SkewP95Ms,
                    LatencyP50Ms = _meter.LatencyMs(0.5),
                    LatencyP95Ms = _meter.LatencyMs(0.95),
                    Switches = _meter.Switches,
                    Renditions = _meter.Renditions,
                    Rendition = _meter.Rendition,
                    RenditionReason = _rendition is { } index ? _reasons.GetValueOrDefault(index) : null,
                    SoundBitsPerSecond = _sound is { } sound && sound.Selection == Selection ? sound.BitsPerSecond : null,
                    BytesReceived = _meter.BytesReceived,
                    AudioSeconds = _meter.AudioPlayed.TotalSeconds,
                    VideoBufferSeconds = video.TotalSeconds,
                    AudioBufferSeconds = audio.TotalSeconds,
                    TargetDelayMs = Math.Max(_video.TargetAt(Now).TotalMilliseconds, _audio.TargetAt(Now).TotalMilliseconds),
                    PlaybackRate = _clock.Pace,
                    LowestPlaybackRate = _meter.LowestRate,
                    HighestPlaybackRate = _meter.HighestRate,
                    Jumps = _meter.Jumps,
                    DecodeP95Ms = _meter.DecodeP95Ms,
                    Errors = _meter.Errors,
                    Watched = _meter.WatchedAt(Now),
                };
            }
        }
    }

    /// <summary>How playout stands, for the server. Null before the first frame of a selection, and once its channel has ended.</summary>
    public Feedback? BuildFeedback()
    {
        lock (_gate)
        {
            Tick();
            if (Selection == 0 || _ended || _pending is { HasBegun: true, IsSent: false })
            {
                return null;
            }

            var now = Now;
            var (video, audio) = Levels();
            var totals = Totals(now);
            return new Feedback
            {
                Selection = Selection,
                State = _clock.State,
                PositionSeconds = StandsNow()?.TotalSeconds is >= 0 and var position ? position : null,
                VideoBufferSeconds = video.TotalSeconds,
                AudioBufferSeconds = audio.TotalSeconds,
                TargetSeconds = _video.TargetAt(now).TotalSeconds,
                ReceivedBytes = totals.Bytes - _before.Bytes,
                Stalls = totals.Stalls - _before.Stalls,
                StallMs = (long)(totals.StallTime - _before.StallTime).TotalMilliseconds,
                Late = (int)(totals.Late - _before.Late),
                Dropped = (int)(totals.Dropped - _before.Dropped),
                DecodeP95Ms = _meter.RecentDecodeP95Ms,
                Presented = (int)(totals.Presented - _before.Presented),
                PlaybackRate = _options.IsAtLiveEdge ? Math.Round(_clock.Pace, 4) : null,
            };
        }
    }

    private (TimeSpan Video, TimeSpan Audio) Levels()
    {
        if ((_clock.StandsAt(Now) ?? _video.Buffer.Start ?? _audio.Buffer.Start) is not { } at)
        {
            return default;
        }

        return (_video.Buffer.Level(at), _audio.Buffer.Level(at));
    }

    private (long Presented, long Late, long Dropped, int Stalls, TimeSpan StallTime, long Bytes) Totals(TimeSpan now)
    {
        var damaged = _meter.Broken + _video.Buffer.Missing + _video.Buffer.Undecodable;
        return (_meter.Presented + _meter.RateCapped, _meter.Late, _meter.Late + damaged, _clock.Stalls, _clock.StallTimeAt(now), _meter.BytesReceived);
    }
}
