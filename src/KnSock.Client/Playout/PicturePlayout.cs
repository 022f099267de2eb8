using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Decodes pictures a few ahead and shows each when it is due.</summary>
internal sealed class PicturePlayout(IPlayback playback, IVideoDecoder decoder, IVideoOutput output, Action reportSound)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WaitForStart = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Hair = TimeSpan.FromMilliseconds(1);

    private readonly VideoPresenter _presenter = new(playback.VideoFps);
    private readonly FaultSummary _faults = new("pictures could not be decoded");
    private readonly List<VideoFrame> _decoded = [];
    private DecoderConfiguration? _configuration;
    private uint _selection;
    private uint _readySelection;
    private uint _shownSelection;
    private Timestamp? _lastQueued;
    private Timestamp? _startAt;

    /// <summary>What becomes of the pictures passed over on the way to the next keyframe. Null while none are.</summary>
    private PictureOutcome? _passedOver;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var queue = new PictureQueue(playback.Time);
        // A decoder may keep a core busy for longer than a picture can wait, so it does not share the pool's threads.
        var decoding = Task.Factory.StartNew(
            () => DecodeLoop(queue, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var presenting = PresentLoopAsync(queue, stop.Token);
        var first = await Task.WhenAny(decoding, presenting);
        await stop.CancelAsync();
        await decoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await presenting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private void DecodeLoop(PictureQueue queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            queue.WaitForRoomAsync(cancellationToken).GetAwaiter().GetResult();
            if (playback.TryTake(TrackKind.Video, out var unit))
            {
                Decode(unit, queue);
            }
            else
            {
                playback.WaitAsync(TrackKind.Video, cancellationToken).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    private void Decode(in QueuedUnit unit, PictureQueue queue)
    {
        if (unit.Selection != _selection)
        {
            queue.Clear();
            (_selection, _passedOver, _lastQueued) = (unit.Selection, null, null);
            ResetDecoder();
        }
        else if (_selection != playback.Selection)
        {
            return;
        }

        _startAt = unit.StartAt;
        if (IsPassedOver(unit.Unit))
        {
            return;
        }

        try
        {
            Prepare(unit, queue);
            var began = playback.Time.GetTimestamp();
            decoder.Decode(unit.Unit, _decoded);
            playback.ReportDecodeTime(playback.Time.GetElapsedTime(began));
        }
        catch (DecodeException e)
        {
            OnFault(unit.Unit, e);
        }

        Queue(queue, unit.Unit.Duration);
    }

    /// <summary>Whether a unit is not decoded, because it is far too late or one before it is missing.</summary>
    private bool IsPassedOver(AccessUnit unit)
    {
        if (VideoPresenter.Judge(unit.Pts, playback.Position) == DecodeAction.Jump && !IsBeforeStart(unit.Pts, unit.Duration))
        {
            _passedOver = PictureOutcome.Late;
        }
        else if (unit.IsKeyframe)
        {
            _passedOver = null;
        }

        if (_passedOver is not { } outcome)
        {
            return false;
        }

        if (!IsBeforeStart(unit.Pts, unit.Duration))
        {
            playback.ReportPicture(outcome, unit.Pts);
        }

        return true;
    }

    private void Prepare(in QueuedUnit unit, PictureQueue queue)
    {
        if (!ReferenceEquals(unit.Configuration, _configuration))
        {
            Drain(queue, unit.Unit.Duration);
            _configuration = null;
            decoder.Configure((VideoConfiguration)unit.Configuration);
            _configuration = unit.Configuration;
        }
        else if (unit.Discontinuity)
        {
            Drain(queue, unit.Unit.Duration);
            ResetDecoder();
        }
    }

    /// <summary>Gets the pictures that the decoder still holds, so that none is lost where another rung begins.</summary>
    private void Drain(PictureQueue queue, TimeSpan duration)
    {
        if (_configuration is not null)
        {
            decoder.Drain(_decoded);
            Queue(queue, duration);
        }
    }

    private void ResetDecoder()
    {
        if (_configuration is not null)
        {
            decoder.Reset();
        }
    }

    private void OnFault(AccessUnit unit, DecodeException fault)
    {
        _passedOver = PictureOutcome.Broken;
        playback.ReportPicture(PictureOutcome.Broken, unit.Pts);
        ResetDecoder();
        if (_faults.Add(fault.Message, playback.Time.Elapsed()) is { } sentence)
        {
            playback.ReportError(sentence);
        }
    }

    private void Queue(PictureQueue queue, TimeSpan duration)
    {
        var isCurrent = _selection == playback.Selection;
        foreach (var picture in _decoded)
        {
            if (!isCurrent || picture.Pts <= _lastQueued || IsBeforeStart(picture.Pts, duration))
            {
                // Of a GOP that was begun again in another rung, or before the position sought: decoded only for those after it.
                picture.Dispose();
                continue;
            }

            _lastQueued = picture.Pts;
            if (VideoPresenter.Judge(picture.Pts, playback.Position) == DecodeAction.Show)
            {
                queue.Add(picture, _selection);
            }
            else
            {
                playback.ReportPicture(PictureOutcome.Late, picture.Pts);
                picture.Dispose();
            }
        }

        if (_lastQueued is not null && _readySelection != _selection)
        {
            _readySelection = _selection;
            playback.ReportReady(_selection);
        }

        _decoded.Clear();
    }

    /// <summary>Whether a picture's time is over where playout starts. One that is rounded to a hair's breadth beyond is not seen either.</summary>
    private bool IsBeforeStart(Timestamp pts, TimeSpan duration) => _startAt is { } start && pts + duration <= start + Hair;

    private async Task PresentLoopAsync(PictureQueue queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!queue.TryPeek(out var pts, out var selection))
            {
                await queue.WaitForPictureAsync(cancellationToken);
            }
            else if (PresentOrDrop(queue, pts, selection) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, playback.Time, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Does with the first picture what its selection and the state of playout ask for.</summary>
    /// <returns>How long to wait before looking again.</returns>
    private TimeSpan PresentOrDrop(PictureQueue queue, Timestamp pts, uint selection)
    {
        if (selection != playback.Selection)
        {
            queue.Take(pts, selection)?.Dispose();
            return TimeSpan.Zero;
        }

        if (_shownSelection != selection)
        {
            _shownSelection = selection;
            _presenter.Reset();
        }

        if (playback.Position is { } position)
        {
            return Present(queue, pts, selection, position);
        }

        if (playback.Paused && (!_presenter.HasShown || pts <= playback.StandsAt + Hair) && queue.Take(pts, selection) is { } still)
        {
            // Who seeks while paused wants to see where that led to, and who pauses where that is, also when the picture was just becoming due.
            _presenter.Shown(pts);
            Show(still);
        }

        return WaitForStart;
    }

    /// <summary>Does with the first picture what the time asks for.</summary>
    /// <returns>How long to wait before looking again.</returns>
    private TimeSpan Present(PictureQueue queue, Timestamp pts, uint selection, Timestamp position)
    {
        var action = _presenter.Decide(pts, position, playback.Channel.FrameRate);
        if (action == PictureAction.Wait)
        {
            var wait = pts - position;
            return wait < ShortestWait ? ShortestWait : wait < LongestWait ? wait : LongestWait;
        }

        if (queue.Take(pts, selection) is not { } frame)
        {
            return TimeSpan.Zero;
        }

        if (action != PictureAction.Present)
        {
            frame.Dispose();
            playback.ReportPicture(action == PictureAction.LeaveOutForRate ? PictureOutcome.RateCapped : PictureOutcome.Late, pts);
            return TimeSpan.Zero;
        }

        reportSound();
        Show(frame);
        return TimeSpan.Zero;
    }

    private void Show(VideoFrame frame)
    {
        playback.ReportPicture(PictureOutcome.Presented, frame.Pts);
        output.Present(frame);
    }
}
