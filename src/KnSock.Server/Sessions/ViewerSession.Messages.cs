using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Sessions;

/// <content>What is said to the viewer, what it says, and what is done about it.</content>
internal sealed partial class ViewerSession
{
    /// <summary>At the live edge a link shows no more than the rate of what is sent, and at the top there is nothing to learn, unless bytes wait; and that is seen without asking.</summary>
    private static readonly TimeSpan RareSampleInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>The same for one that has seconds in its buffer besides.</summary>
    private static readonly TimeSpan EasySampleInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often the link of one that does not report is looked at.</summary>
    private static readonly TimeSpan SilentSampleInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind)
    {
        _heardAt = _now;
        if (_ending is not null)
        {
            return;
        }

        var isFeedback = IsFeedback(line);
        if (!TrySpend(line.Length, isFeedback))
        {
            return;
        }

        if (isFeedback && IsFeedback(behind) && behind.Contains((byte)'\n'))
        {
            // More feedback lies behind this one and tells what it does.
            return;
        }

        if (isFeedback && _now - _feedbackAt < _context.FeedbackInterval)
        {
            _context.Metrics.MessageIgnored();
            return;
        }

        try
        {
            // Nearly all that comes is feedback.
            if (FeedbackReader.TryRead(line, out var feedback))
            {
                _feedback = feedback;
            }
            else if (!isFeedback || TrySpend(bytes: 0, isFeedback: false))
            {
                Follow(MessageJson.ReadControl(line));
            }
        }
        catch (ProtocolException e) when (e.Code == ProtocolErrorCode.Malformed)
        {
            // The line's end was found all the same, so the next one may make sense.
            _context.Metrics.MessageIgnored();
        }
    }

    private bool TrySpend(int bytes, bool isFeedback)
    {
        var isFine = _budget.TrySpend(bytes, isFeedback, _now);
        _ending ??= isFine ? null : "it floods its control connection";
        return isFine;
    }

    /// <summary>Sends the catalog, and again when it changes.</summary>
    private void Announce()
    {
        var catalog = _context.Catalog.Current;
        if (!ReferenceEquals(catalog, _catalog))
        {
            _catalog = catalog;
            Send(_connection.Admission is { Grant: var grant } ? _context.Catalog.Of(grant) : catalog);
        }
    }

    private static bool IsFeedback(ReadOnlySpan<byte> line) => line.StartsWith(FeedbackReader.Beginning);

    private void Follow(ControlMessage? message)
    {
        switch (message)
        {
            case Select select:
                Follow(select);
                break;
            case Stop stop when stop.Selection == (_next ?? _playing)?.Viewing.Selection:
                Replace(playing: null);
                break;
            case Feedback { IsPlausible: true } feedback:
                _feedback = feedback.Figures;
                break;
            case Limits { IsPlausible: true } limits:
                _limits = limits;
                (_next ?? _playing)?.Steering.Client.Follow(limits, _now);
                break;
            case Feedback or Limits:
                _context.Metrics.MessageIgnored();
                break;
            case Why why:
                Follow(why);
                break;
            case Ping ping:
                Send(new Pong { Id = ping.Id, Time = _context.Clock.Now.Microseconds, LinkBitsPerSecond = (long?)_link.Estimate.Likely });
                break;
        }
    }

    private void Follow(Select select)
    {
        if (!_selections.TryFollow(select, out var viewing, out var refusal))
        {
            Send(refusal);
            return;
        }

        var channel = viewing.Channel;
        Send(new Selected
        {
            Selection = viewing.Selection,
            Channel = channel.Index,
            StartSeconds = viewing.Start.TotalSeconds,
            MaxBufferSeconds = viewing.MaxBuffer.TotalSeconds,
        });
        Log.Selected(_context.Logger, _id, DisplayText.Clean(channel.Name), viewing.Start.TotalSeconds);
        // Who seeks has the same link and the same decoder as before.
        var before = (_next ?? _playing) is { } playing && playing.Viewing.Channel == channel ? playing.Steering : null;
        var limits = before?.Client ?? new ClientLimits(channel);
        limits.Begin();
        limits.Follow(_limits, _now);
        _sound.Begin();
        Replace(new Playing(viewing, new RungSteering(viewing, this, _context.Selector, before?.Rung, limits, _context.Uplink, _sound)));
    }

    /// <summary>Goes by the last feedback of all that was heard at once: it tells what those before it did.</summary>
    private void FollowFeedback()
    {
        if (_feedback is { } feedback)
        {
            _feedback = null;
            Follow(feedback);
        }
    }

    private void Follow(in FeedbackFigures feedback)
    {
        var now = _heardAt;
        if (now - _feedbackAt < _context.FeedbackInterval || _playing is not { } playing || feedback.Selection != playing.Viewing.Selection)
        {
            _context.Metrics.MessageIgnored();
            return;
        }

        _feedbackAt = now;
        _reported = feedback;
        var (viewing, steering) = playing;
        var interval = steering.IsEasy ? EasySampleInterval : viewing.IsAtLiveEdge && steering.IsAtTop ? RareSampleInterval : TimeSpan.Zero;
        if (now - _sampledAt >= interval || IsWaiting)
        {
            LookAtLink(now);
        }

        if (Believe(feedback, playing, Timestamp.FromTimeSpan(now)) is not { } believed)
        {
            return;
        }

        steering.Update(believed, now);
        _connection.Video.AllowMore(steering.IsEasy);
        // Who climbs shows what its link carries by how soon each batch arrives, so it is heard often; so is one whose link is dead, for when that comes back.
        var isWell = believed.State == PlayoutState.Playing && !IsWaiting && _link.Estimate.Dead == TimeSpan.Zero;
        _connection.HearLater(isWell && (steering.IsEasy || (viewing.IsAtLiveEdge && steering.IsAtTop)));
    }

    /// <summary>What of a report is to be gone by. Null: nothing.</summary>
    private FeedbackFigures? Believe(in FeedbackFigures feedback, Playing playing, Timestamp now)
    {
        if (_video.IsInGroup)
        {
            playing.Viewing.OnSent(playing.Viewing.LiveEdge(now));
        }

        var believed = playing.Viewing.Report(feedback, playing.Steering.UnderWay, now, out var disbelief);
        if (disbelief == Disbelief.None)
        {
            return believed;
        }

        _disbelieved = (_disbelieved.Reports + 1, Word(disbelief));
        _context.Metrics.FeedbackDisbelieved(_disbelieved.Last);
        return disbelief == Disbelief.Older ? null : believed;
    }

    private static string Word(Disbelief disbelief) => disbelief switch
    {
        Disbelief.Ahead => "ahead",
        Disbelief.Back => "back",
        Disbelief.Standing => "standing",
        Disbelief.Older => "older",
        _ => "buffer",
    };

    /// <summary>Of whom no reports come, the link and the time tell how it stands: that is looked at as often as if they came.</summary>
    /// <returns>When it is to be looked at again.</returns>
    private TimeSpan ReckonWithoutReports(TimeSpan now)
    {
        if (_playing is not { } playing || !playing.Viewing.IsSilent(Timestamp.FromTimeSpan(now)))
        {
            return Never;
        }

        if (now - _sampledAt >= SilentSampleInterval)
        {
            LookAtLink(now);
            playing.Steering.Reckon(now);
            _connection.Video.AllowMore(more: false);
            _connection.HearLater(later: false);
        }

        return _sampledAt + SilentSampleInterval;
    }
}
