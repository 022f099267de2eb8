using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Sessions;

/// <content>What the viewer says, and what is done about it.</content>
internal sealed partial class ViewerSession
{
    /// <summary>Feedback that comes faster than this is not looked at.</summary>
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>At the live edge a link shows no more than the rate of what is sent, and at the top there is nothing to learn, unless bytes wait; and that is seen without asking.</summary>
    private static readonly TimeSpan RareSampleInterval = TimeSpan.FromMilliseconds(400);

    /// <summary>The same for one that has seconds in its buffer besides.</summary>
    private static readonly TimeSpan EasySampleInterval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind)
    {
        _heardAt = _now;
        if (_ending is not null || (IsFeedback(behind) && IsFeedback(line) && behind.Contains((byte)'\n')))
        {
            // More feedback lies behind this one and tells what it does.
            return;
        }

        try
        {
            // Nearly all that comes is feedback.
            if (FeedbackReader.TryRead(line, out var feedback))
            {
                _feedback = feedback;
            }
            else
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
            case Feedback:
                _context.Metrics.MessageIgnored();
                break;
            case Why why:
                Follow(why);
                break;
            case Ping ping:
                Send(new Pong { Id = ping.Id, Time = _context.Clock.Now.Microseconds });
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
        // Who seeks has the same link as before.
        int? rung = (_next ?? _playing) is { } before && before.Viewing.Channel == channel ? before.Steering.Rung : null;
        Replace(new Playing(viewing, new RungSteering(viewing, this, _context.Selector, rung)));
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
        if (now - _feedbackAt < FeedbackInterval || _playing is not { } playing || feedback.Selection != playing.Viewing.Selection)
        {
            _context.Metrics.MessageIgnored();
            return;
        }

        _feedbackAt = now;
        var (viewing, steering) = playing;
        var interval = steering.IsEasy ? EasySampleInterval : viewing.IsAtLiveEdge && steering.IsAtTop ? RareSampleInterval : TimeSpan.Zero;
        if (now - _sampledAt >= interval || IsWaiting)
        {
            LookAtLink(now);
        }

        viewing.Report(feedback, Timestamp.FromTimeSpan(now));
        steering.Update(feedback, now);
        _connection.Video.AllowMore(steering.IsEasy);
        // Who climbs shows what its link carries by how soon each batch arrives, so it is heard often.
        _connection.HearLater((steering.IsEasy || (viewing.IsAtLiveEdge && steering.IsAtTop)) && feedback.State == PlayoutState.Playing && !IsWaiting);
    }
}
