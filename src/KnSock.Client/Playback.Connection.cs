using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <content>The side of the playback that the connection sees: selections out, units in.</content>
internal sealed partial class Playback
{
    private static readonly TimeSpan BetweenRepairs = TimeSpan.FromSeconds(2);

    private readonly Signal _selectWanted;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PendingSelection? _pending;
    private TaskCompletionSource? _selected;
    private uint _lastNumber;
    private bool _ended;
    private bool _isAfterLoss;
    private int? _rendition;
    private TimeSpan _lastRepair;
    private (long Late, long Dropped, int Stalls, TimeSpan StallTime, long Bytes) _before;
    private readonly Dictionary<int, string> _reasons = [];

    /// <summary>Completes when the channel has ended and everything of it was played.</summary>
    public Task Finished => _finished.Task;

    /// <summary>When anything came from the server for the last time.</summary>
    public TimeSpan LastReceived { get; private set; }

    /// <summary>Length of one turn of the channel.</summary>
    public TimeSpan TurnLength => TimeSpan.FromSeconds(Channel.DurationSeconds);

    /// <inheritdoc/>
    public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken)
    {
        Task selected;
        lock (_gate)
        {
            selected = Want(channel);
        }

        _selectWanted.Set();
        return selected.WaitAsync(cancellationToken);
    }

    /// <summary>The connection is there: what was selected on the one before must be selected again.</summary>
    public void OnConnected()
    {
        lock (_gate)
        {
            LastReceived = Now;
        }
    }

    /// <summary>Another connection takes the place of a lost one.</summary>
    /// <exception cref="LiveStreamException">The channel is not there any more.</exception>
    public void OnReconnected(IReadOnlyList<ChannelInfo> channels)
    {
        lock (_gate)
        {
            var name = (_pending?.Channel ?? Channel).Name;
            var channel = channels.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal))
                ?? throw new LiveStreamException($"the server offers no channel {ConnectFailure.Printable(name)} any more; choose another one");
            Channels = channels;
            _serverClock.Reset();
            _isAfterLoss = true;
            SelectAgain(channel);
        }
    }

    /// <summary>The select message that is to be sent, once.</summary>
    public Select? TakeUnsentSelect()
    {
        lock (_gate)
        {
            if (_pending is not { IsSent: false } pending)
            {
                return null;
            }

            pending.IsSent = true;
            return new Select
            {
                Selection = pending.Number,
                Channel = pending.Channel.Index,
                From = pending.StartAt is not null ? StartPoint.Position : _options.FromBeginning ? StartPoint.Beginning : StartPoint.Live,
                PositionSeconds = pending.StartAt is { } at ? Math.Max(0, at.TotalSeconds) : null,
                MaxBufferSeconds = _options.MaxBuffer.TotalSeconds,
            };
        }
    }

    /// <summary>Waits until a select message is to be sent, or for a time.</summary>
    public Task WaitForSelectAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var wanted = _selectWanted.Next;
        lock (_gate)
        {
            if (_pending is { IsSent: false })
            {
                return Task.CompletedTask;
            }
        }

        return _selectWanted.WaitAsync(wanted, atMost, cancellationToken);
    }

    /// <summary>A mark came. The first of a selection that was asked for begins it.</summary>
    public void OnMark(Mark mark)
    {
        lock (_gate)
        {
            if (_pending is { IsSent: true } pending && mark.Selection == pending.Number)
            {
                Begin(pending);
            }

            if (mark.Selection == Selection)
            {
                _mark = mark;
            }
        }
    }

    /// <summary>Takes in a unit. Waits while there is no room for it.</summary>
    public async ValueTask AcceptAsync(TrackKind track, ArrivedUnit unit, CancellationToken cancellationToken)
    {
        var into = Of(track);
        while (true)
        {
            var room = into.Room.Next;
            JitterOutcome outcome;
            lock (_gate)
            {
                outcome = into.Buffer.Add(unit);
                if (outcome == JitterOutcome.Accepted)
                {
                    NoteLateness(into, unit);
                    Tick();
                }
            }

            if (outcome != JitterOutcome.Full)
            {
                into.Filled.Set();
                return;
            }

            await into.Room.WaitAsync(room, TimeSpan.FromSeconds(1), cancellationToken);
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
                _isAfterLoss = true;
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
                case ChannelEndedNotice ended when ended.Selection == Selection:
                    _ended = true;
                    Tick();
                    break;
                case ErrorNotice error when error.Selection is { } number && number == _pending?.Number:
                    _pending = null;
                    _selected?.TrySetException(new LiveStreamException($"the server refused the channel: {ConnectFailure.Printable(error.Message)}"));
                    break;
            }
        }
    }

    /// <summary>The playback is over: whoever waits for a selection waits in vain.</summary>
    public void OnOver() => _selected?.TrySetException(new LiveStreamException("the playback is over"));

    private Task Want(ChannelInfo channel)
    {
        _selected?.TrySetResult();
        _selected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending = new PendingSelection(++_lastNumber, channel, startAt: null);
        _reasons.Clear();
        _isAfterLoss = false;
        return _selected.Task;
    }

    /// <summary>Selects the same channel once more, where playout is.</summary>
    private void SelectAgain(ChannelInfo channel)
    {
        var resumeAt = _options.FromBeginning && string.Equals(channel.Name, Channel.Name, StringComparison.Ordinal) ? _clock.StandsAt(Now) : null;
        _pending = new PendingSelection(++_lastNumber, channel, resumeAt);
        _reasons.Clear();
    }

    private void Begin(PendingSelection pending)
    {
        var now = Now;
        Tick();
        _pending = null;
        (Channel, Selection, _mark, _ended, _startableSince) = (pending.Channel, pending.Number, null, false, null);
        _rendition = _isAfterLoss ? _rendition : null;
        _video.Buffer.Begin(Selection);
        _audio.Buffer.Begin(Selection);
        _clock.Begin(_isAfterLoss, now);
        _isAfterLoss = false;
        _meter.OnSelection();
        _before = Totals(now);
        _video.Room.Set();
        _audio.Room.Set();
    }

    /// <summary>A unit that playout has passed already was late.</summary>
    private void NoteLateness(Track track, in ArrivedUnit unit)
    {
        var now = Now;
        if (_clock.PositionAt(now) is { } position && unit.Unit.Pts < position)
        {
            track.Target.OnLate(now);
        }
    }

    /// <summary>A selection that was asked for and whose first frame has not come yet.</summary>
    private sealed class PendingSelection(uint number, ChannelInfo channel, Timestamp? startAt)
    {
        public uint Number => number;

        public ChannelInfo Channel => channel;

        public Timestamp? StartAt => startAt;

        public bool IsSent { get; set; }
    }
}
