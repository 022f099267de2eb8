using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <content>The side of the playback that the connection fills.</content>
internal sealed partial class Playback
{
    private static readonly TimeSpan BetweenRepairs = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;
    private int? _rendition;
    private TimeSpan _lastRepair;

    /// <summary>Completes when the channel has ended and everything of it was played.</summary>
    public Task Finished => _finished.Task;

    /// <summary>When anything came from the server for the last time.</summary>
    public TimeSpan LastReceived { get; private set; }

    /// <summary>Length of one turn of the channel.</summary>
    public TimeSpan TurnLength => TimeSpan.FromSeconds(Channel.DurationSeconds);

    /// <summary>The connection is there: what was selected on the one before must be selected again.</summary>
    public void OnConnected()
    {
        lock (_gate)
        {
            LastReceived = Now;
            (_limitsSaid, _limitsSaidAt) = (new Limits(), null);
        }
    }

    /// <summary>A mark came. The first of a selection that was asked for begins it, unless a seek did.</summary>
    public void OnMark(Mark mark)
    {
        lock (_gate)
        {
            if (_pending is { IsSent: true } pending && mark.Selection == pending.Number)
            {
                if (!pending.HasBegun)
                {
                    Begin(pending);
                }

                _pending = null;
            }

            if (mark.Selection == Selection)
            {
                _mark = mark;
            }
        }
    }

    /// <summary>Takes in a unit. Waits while there is no room for it.</summary>
    /// <param name="track">Its track.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="isShared">Whether the units of the other track come behind it on the same connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProtocolException">There is no room, and playout cannot go on before units come that lie behind this one.</exception>
    public async ValueTask AcceptAsync(TrackKind track, ArrivedUnit unit, bool isShared, CancellationToken cancellationToken)
    {
        var into = Of(track);
        while (true)
        {
            var room = into.Room.Next;
            if (TryAccept(into, unit, isShared))
            {
                into.Filled.Set();
                return;
            }

            await into.Room.WaitAsync(room, BetweenLooksForRoom, cancellationToken);
        }
    }

    /// <summary>Bytes came.</summary>
    /// <param name="bytes">Media bytes.</param>
    /// <param name="isUnconfigured">Units came for which there is no configuration, because damage hit it.</param>
    public void OnReceived(long bytes, bool isUnconfigured)
    {
        lock (_gate)
        {
            var now = Now;
            LastReceived = now;
            _meter.OnReceived(bytes);
            if (isUnconfigured && _pending is null && now - _lastRepair > BetweenRepairs)
            {
                _lastRepair = now;
                SelectAgain(Channel);
                _selectWanted.Set();
            }
        }
    }

    /// <summary>A control message came.</summary>
    public void OnControl(ControlMessage message)
    {
        lock (_gate)
        {
            switch (message)
            {
                case Pong pong when ProtocolLimits.IsPlausible(new Timestamp(pong.Time)):
                    _serverClock.Observe(TimeSpan.FromTicks(pong.Id), Now, new Timestamp(pong.Time));
                    break;
                case Catalog catalog:
                    Channels = catalog.Channels;
                    break;
                case Selected selected when selected.Selection == _lastNumber:
                    _selected?.TrySetResult();
                    break;
                case RenditionNotice notice when notice.Selection == _lastNumber:
                    _reasons[notice.To] = ConnectFailure.Printable(notice.Reason);
                    break;
                case SoundNotice sound when sound.Selection == _lastNumber:
                    _sound = sound;
                    break;
                case ChannelEndedNotice ended when ended.Selection == (_pending?.Number ?? Selection):
                    // A channel may end before anything of it came.
                    (_ended, _pending) = (true, null);
                    _meter.OnError($"the channel ended: {ConnectFailure.Printable(ended.Reason)}");
                    Tick();
                    break;
                case ErrorNotice error when error.Selection is { } number && number == _pending?.Number:
                    _pending = null;
                    _selected?.TrySetException(new LiveStreamException($"the server refused the channel: {ConnectFailure.Printable(error.Message)}"));
                    break;
            }
        }
    }

    /// <summary>What the catalog could not say of the channel being played is known now.</summary>
    /// <param name="describe">What is known of it, given what the catalog said.</param>
    public void OnMeasured(Func<ChannelInfo, ChannelInfo> describe)
    {
        lock (_gate)
        {
            Channel = describe(Channel);
        }
    }

    /// <summary>The playback is over: whoever waits for a selection waits in vain.</summary>
    public void OnOver() => _selected?.TrySetException(new LiveStreamException("the playback is over"));

    /// <summary>Takes in a unit, or finds that it is not wanted. False while there is no room.</summary>
    private bool TryAccept(Track into, in ArrivedUnit unit, bool isShared)
    {
        lock (_gate)
        {
            var endBefore = into.Buffer.End;
            var outcome = into.Buffer.Add(unit);
            while (outcome == JitterOutcome.Full && _options.IsAtLiveEdge)
            {
                // The broadcast waits for nobody, and a paused viewer that stopped reading would look like one that is gone.
                into.Buffer.DropOlderHalf();
                outcome = into.Buffer.Add(unit);
            }

            if (outcome == JitterOutcome.Full && isShared && IsWaitedFor(into == _video ? _audio : _video))
            {
                outcome = into.Buffer.Add(unit, beyondDuration: true);
                if (outcome == JitterOutcome.Full)
                {
                    throw new ProtocolException(ProtocolErrorCode.Unexpected, "one track comes without the other");
                }
            }

            if (outcome == JitterOutcome.Accepted)
            {
                NoteArrival(into, unit, endBefore);
                Tick();
            }

            return outcome != JitterOutcome.Full;
        }
    }

    /// <summary>Whether playout stands because a track has not enough.</summary>
    private bool IsWaitedFor(Track track)
    {
        Tick();
        var level = LevelOf(track, Now);
        return _clock.State switch
        {
            PlayoutState.Buffering => !level.CanStart,
            PlayoutState.Stalled => !level.CanResume,
            _ => false,
        };
    }
}
