using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Client;

/// <content>What is to be played: channels selected, positions sought, and the same again after a loss.</content>
internal sealed partial class Playback
{
    /// <summary>Seeks are not sent faster than a server carries them out; of those in between the last counts.</summary>
    private static readonly TimeSpan BetweenSeeks = TimeSpan.FromMilliseconds(200);

    private readonly Signal _selectWanted;
    private readonly Dictionary<int, string> _reasons = [];
    private SoundNotice? _sound;
    private PendingSelection? _pending;
    private TaskCompletionSource? _selected;
    private uint _lastNumber;
    private TimeSpan? _lastSelectAt;
    private Timestamp? _startAt;
    private (long Presented, long Late, long Dropped, int Stalls, TimeSpan StallTime, long Bytes) _before;

    /// <inheritdoc/>
    public bool CanSeek => _options.HasOwnTimeline;

    /// <inheritdoc/>
    public Timestamp? StandsAt
    {
        get
        {
            lock (_gate)
            {
                Tick();
                return StandsNow();
            }
        }
    }

    /// <inheritdoc/>
    public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken)
    {
        Task selected;
        lock (_gate)
        {
            selected = Want(channel, startAt: null);
        }

        _selectWanted.Set();
        return selected.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task SeekAsync(Timestamp position, CancellationToken cancellationToken)
    {
        if (!CanSeek)
        {
            throw new InvalidOperationException("a live viewer cannot seek");
        }

        Task selected;
        lock (_gate)
        {
            var latest = Timestamp.FromTimeSpan(LiveStreamClientOptions.LatestStart);
            selected = Want(_pending?.Channel ?? Channel, Timestamp.Min(Timestamp.Max(position, Timestamp.Zero), latest));
            if (string.Equals(_pending!.Channel.Name, Channel.Name, StringComparison.Ordinal))
            {
                // What is played is not what is wanted any more, so it ends here and not when the server answers.
                Begin(_pending);
            }
        }

        _selectWanted.Set();
        return selected.WaitAsync(cancellationToken);
    }

    /// <summary>Another connection takes the place of a lost one: what was selected on the one before is selected again.</summary>
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
            SelectAgain(channel);
        }
    }

    /// <summary>The select message that is to be sent, once.</summary>
    public Select? TakeUnsentSelect()
    {
        lock (_gate)
        {
            if (_pending is not { IsSent: false } pending || WaitToSend(pending) > TimeSpan.Zero)
            {
                return null;
            }

            (pending.IsSent, _lastSelectAt) = (true, Now);
            return new Select
            {
                Selection = pending.Number,
                Channel = pending.Channel.Index,
                From = pending.StartAt is not null ? StartPoint.Position : CanSeek ? StartPoint.Beginning : StartPoint.Live,
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
            if (_pending is { IsSent: false } pending)
            {
                var wait = WaitToSend(pending);
                atMost = wait < atMost ? wait : atMost;
            }
        }

        return _selectWanted.WaitAsync(wanted, atMost, cancellationToken);
    }

    private TimeSpan WaitToSend(PendingSelection pending) =>
        pending.HasBegun && _lastSelectAt + BetweenSeeks - Now is { } wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    private Timestamp? StandsNow() => _clock.StandsAt(Now) ?? _video.Buffer.Start;

    private Task Want(ChannelInfo channel, Timestamp? startAt)
    {
        _selected?.TrySetResult();
        _selected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending = new PendingSelection(++_lastNumber, channel, startAt);
        _reasons.Clear();
        return _selected.Task;
    }

    /// <summary>Selects the same channel once more: where playout is, or where the user wanted to go.</summary>
    private void SelectAgain(ChannelInfo channel)
    {
        var isUnanswered = _pending is { HasBegun: false, IsAgain: false };
        var resumeAt = isUnanswered ? _pending!.StartAt : CanSeek ? StandsNow() ?? _pending?.StartAt : null;
        _pending = new PendingSelection(++_lastNumber, channel, resumeAt) { IsAgain = !isUnanswered };
        _reasons.Clear();
    }

    /// <summary>The first frames of a selection are there, or those of the one before are not wanted any more.</summary>
    private void Begin(PendingSelection pending)
    {
        var now = Now;
        Tick();
        pending.HasBegun = true;
        // While the connection was being had again, playout went on with what lay ready.
        _startAt = pending.IsAgain && CanSeek ? _clock.StandsAt(now) ?? pending.StartAt : pending.StartAt;
        (Channel, Selection, _mark, _ended, _startableSince) = (pending.Channel, pending.Number, null, false, null);
        _rendition = pending.IsAgain ? _rendition : null;
        _video.Buffer.Begin(Selection);
        _audio.Buffer.Begin(Selection);
        LeaveEdge(now);
        _clock.Begin(_startAt, pending.IsAgain, now);
        _meter.OnBreak();
        if (!pending.IsAgain)
        {
            _meter.OnUserBreak(now);
        }

        _before = Totals(now);
        _video.Room.Set();
        _audio.Room.Set();
    }

    /// <summary>A selection that was asked for and of which no frame has come yet.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="startAt">Where on the viewer's own timeline. Null: at the beginning, or live.</param>
    private sealed class PendingSelection(uint number, ChannelInfo channel, Timestamp? startAt)
    {
        public uint Number => number;

        public ChannelInfo Channel => channel;

        public Timestamp? StartAt => startAt;

        /// <summary>Whether it repeats one whose connection was lost or whose configuration was damaged.</summary>
        public bool IsAgain { get; init; }

        public bool IsSent { get; set; }

        /// <summary>Whether playout of the one before has ended already.</summary>
        public bool HasBegun { get; set; }
    }
}
