using System.Threading.Channels;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using Microsoft.Extensions.Logging;
using Channel = KnSock.Server.Channels.Channel;

namespace KnSock.Server.Sessions;

/// <summary>One viewer, from its arrival to its end: hears its messages, and sends picture and sound of what it selected.</summary>
internal sealed class ViewerSession(string id, IViewerConnection connection, SessionContext context)
{
    private const int MaxWaitingMessages = 256;

    /// <summary>Feedback that comes faster than this is not looked at.</summary>
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Selections that come faster than this are passed over for the last of them: each may start encoders.</summary>
    private static readonly TimeSpan SelectInterval = TimeSpan.FromMilliseconds(200);

    private readonly Channel<ControlMessage> _outgoing = System.Threading.Channels.Channel.CreateBounded<ControlMessage>(MaxWaitingMessages);
    private readonly TrackSender _video = new(connection.Video, context.Clock, context.Metrics);
    private readonly TrackSender _audio = new(connection.Audio, context.Clock, context.Metrics);
    private readonly LinkEstimator _link = new();
    private readonly AsyncSignal _selected = new();
    private readonly SelectionRules _selections = new(context);
    private readonly TaskCompletionSource<string> _deaf = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Playing? _playing;
    private TimeSpan _heardAt = context.Clock.Elapsed;
    private TimeSpan _feedbackAt;

    /// <summary>Runs until the viewer leaves, is let go, or the server stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.SessionStarted(context.Logger, id, connection.Peer, connection.Client);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reason = "the server stops";
        try
        {
            Task<string>[] loops =
            [
                AnnounceAsync(ending.Token), HearAsync(ending.Token), SpeakAsync(ending.Token), _deaf.Task.WaitAsync(ending.Token), WatchAsync(ending.Token),
                SendAsync(_video, isVideo: true, ending.Token), SendAsync(_audio, isVideo: false, ending.Token),
            ];
            var first = await Task.WhenAny(loops);
            if (!cancellationToken.IsCancellationRequested)
            {
                reason = first.IsFaulted ? Describe(first.Exception!.InnerException!) : await first;
            }

            await ending.CancelAsync();
            await Task.WhenAll(loops.Select(l => l.ContinueWith(static _ => { }, TaskScheduler.Default)));
        }
        finally
        {
            _playing?.Viewing.End();
            Log.SessionEnded(context.Logger, id, reason);
        }
    }

    private string Describe(Exception e)
    {
        if (e is IOException)
        {
            return "the connection was lost";
        }

        if (e is ProtocolException)
        {
            return $"it broke the protocol: {DisplayText.Clean(e.Message)}";
        }

        Log.SessionFailed(context.Logger, e, id);
        return "a fault of the server";
    }

    private async Task<string> HearAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ControlMessage? message;
            try
            {
                message = await connection.ReceiveAsync(cancellationToken);
            }
            catch (ProtocolException e) when (e.Code == ProtocolErrorCode.Malformed)
            {
                // The line's end was found all the same, so the next one may make sense.
                context.Metrics.MessageIgnored();
                continue;
            }

            switch (message)
            {
                case null:
                    return "the viewer closed the connection";
                case Select select:
                    HandleSelect(select);
                    break;
                case Stop stop when stop.Selection == _playing?.Viewing.Selection:
                    Replace(playing: null);
                    break;
                case Feedback feedback:
                    HandleFeedback(feedback);
                    break;
                case Ping ping:
                    Send(new Pong { Id = ping.Id, Time = context.Clock.Now.Microseconds });
                    break;
            }

            _heardAt = context.Clock.Elapsed;
        }
    }

    /// <summary>Sends the catalog, and again when it changes.</summary>
    private async Task<string> AnnounceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = context.CatalogChanged.Next;
            Send(new Catalog { Channels = [.. context.Channels.Select(c => c.Info)] });
            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task<string> SpeakAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
        {
            await connection.SendAsync(message, cancellationToken);
        }

        return "the server stops";
    }

    /// <summary>Lets a viewer go that takes nothing, or from whom nothing is heard.</summary>
    private async Task<string> WatchAsync(CancellationToken cancellationToken)
    {
        var limit = context.NoProgressTimeout;
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), context.Clock.Provider, cancellationToken);
            var now = context.Clock.Elapsed;
            if (now - _heardAt > limit)
            {
                return $"nothing was heard for {limit.TotalSeconds:0} s";
            }

            if (now - connection.Video.WaitingSince > limit || now - connection.Audio.WaitingSince > limit)
            {
                return $"it took nothing for {limit.TotalSeconds:0} s";
            }
        }
    }

    private async Task<string> SendAsync(TrackSender sender, bool isVideo, CancellationToken cancellationToken)
    {
        Playing? done = null;
        TimeSpan? startedAt = null;
        while (true)
        {
            var selected = _selected.Next;
            var playing = _playing;
            if (playing is null || playing == done)
            {
                await selected.WaitAsync(cancellationToken);
                continue;
            }

            if (startedAt + SelectInterval - context.Clock.Elapsed is { } wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, context.Clock.Provider, cancellationToken);
                continue;
            }

            startedAt = context.Clock.Elapsed;
            var (viewing, steering) = playing;
            var fault = isVideo
                ? await SendPictureAsync(viewing, steering, cancellationToken)
                : await sender.RunAsync(viewing, viewing.Channel.AudioTrack, rungs: null, cancellationToken);
            if (fault is not null)
            {
                Send(new ChannelEndedNotice { Selection = viewing.Selection, Reason = fault });
            }

            done = playing;
        }
    }

    private async Task<string?> SendPictureAsync(Viewing viewing, RungSteering steering, CancellationToken cancellationToken)
    {
        using (steering)
        {
            return await _video.RunAsync(viewing, steering.FirstTrack, steering, cancellationToken);
        }
    }

    private void HandleSelect(Select select)
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
        Log.Selected(context.Logger, id, DisplayText.Clean(channel.Name), viewing.Start.TotalSeconds);
        // Who seeks has the same link as before.
        int? rung = _playing is { } before && before.Viewing.Channel == channel ? before.Steering.Rung : null;
        Replace(new Playing(viewing, new RungSteering(viewing, _link, Notify, rung)));
    }

    private void HandleFeedback(Feedback feedback)
    {
        var now = context.Clock.Elapsed;
        if (!feedback.IsPlausible || now - _feedbackAt < FeedbackInterval || _playing is not { } playing
            || feedback.Selection != playing.Viewing.Selection)
        {
            context.Metrics.MessageIgnored();
            return;
        }

        _feedbackAt = now;
        var (video, audio) = (connection.Video.Sample(), connection.Audio.Sample());
        _link.Add(new LinkSample(video.DeliveredBytes + audio.DeliveredBytes, video.IsBacklogged || audio.IsBacklogged), now);
        playing.Viewing.Report(feedback, context.Clock.Now);
        if (playing.Steering.Update(feedback, now) is var (input, decision))
        {
            context.Decisions?.Add(new DecisionRecord(now.TotalSeconds, id, playing.Viewing.Channel.Name, input, decision));
        }
    }

    private void Notify(RenditionNotice notice)
    {
        Log.RenditionChanged(context.Logger, id, notice.Name, notice.Reason);
        Send(notice);
    }

    private void Send(ControlMessage message)
    {
        if (!_outgoing.Writer.TryWrite(message))
        {
            _deaf.TrySetResult("it does not read its messages");
        }
    }

    private void Replace(Playing? playing)
    {
        var before = _playing;
        _playing = playing;
        _selected.Pulse();
        before?.Viewing.End();
    }

    private sealed record Playing(Viewing Viewing, RungSteering Steering);
}
