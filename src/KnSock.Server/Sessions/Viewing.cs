using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>What a viewer has selected, where it began, and how far ahead of its playout may be sent.</summary>
internal sealed class Viewing : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly AsyncSignal _moved = new();
    private readonly TimeSpan _burst;
    private readonly Timestamp? _ownEpoch;
    private long _horizon;

    public Viewing(Select select, Channel channel, TimeSpan maxBuffer, Timestamp now)
    {
        (Selection, Channel, MaxBuffer, IsLive) = (select.Selection, channel, maxBuffer, select.From == StartPoint.Live);
        _burst = TimeSpan.FromTicks(Math.Min(TimeSpan.FromMilliseconds(300).Ticks, maxBuffer.Ticks / 4));
        var position = select.From switch
        {
            StartPoint.Live => channel.LivePosition(now),
            StartPoint.Position => Timestamp.FromSeconds(select.PositionSeconds ?? 0),
            _ => Timestamp.Zero,
        };
        (Turn, Gop) = channel.Timeline.Locate(position);
        Start = new Timestamp(channel.Timeline.TurnStart(Turn).Microseconds + channel.Timeline.GopStart(Gop).Microseconds);
        // Playout begins at the position asked for, not at the keyframe before it.
        _ownEpoch = IsLive ? null : new Timestamp(now.Microseconds - Timestamp.Max(position, Start).Microseconds);
        _horizon = (Start + maxBuffer).Microseconds;
    }

    /// <summary>The viewer's number for it.</summary>
    public uint Selection { get; }

    public Channel Channel { get; }

    /// <summary>The most that is sent ahead of playout.</summary>
    public TimeSpan MaxBuffer { get; }

    /// <summary>On the broadcast's timeline, not on one of the viewer's own.</summary>
    public bool IsLive { get; }

    /// <summary>Turn of the loop in which it begins.</summary>
    public long Turn { get; }

    /// <summary>GOP at which it begins.</summary>
    public int Gop { get; }

    /// <summary>Position of the first frame on the viewer's timeline.</summary>
    public Timestamp Start { get; }

    /// <summary>Cancelled when the viewer selects something else or stops.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Where playout would be on the viewer's timeline if it had no delay.</summary>
    public Timestamp LiveEdge(Timestamp now) => _ownEpoch is { } epoch ? new Timestamp(now.Microseconds - epoch.Microseconds) : Channel.LivePosition(now);

    /// <summary>Media up to here may be sent.</summary>
    public Timestamp Horizon => new(Interlocked.Read(ref _horizon));

    /// <summary>Takes in plausible feedback.</summary>
    public void Report(Feedback feedback, Timestamp now)
    {
        if (feedback.PositionSeconds is { } position)
        {
            // Playout can be ahead of the live edge by the drift of its clock, not by more; else a lie would have the whole loop encoded at once.
            var played = Timestamp.Min(Timestamp.FromSeconds(position), LiveEdge(now) + MaxBuffer);
            Interlocked.Exchange(ref _horizon, (played + MaxBuffer).Microseconds);
            _moved.Pulse();
        }
    }

    /// <summary>
    /// Waits until a unit may be sent. Who has to wait may wait for room for a burst, so that sending shows what the link carries.
    /// </summary>
    /// <param name="unit">When the unit is presented.</param>
    /// <param name="inBurst">Whether to wait for room for a burst.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask WaitForRoomAsync(Timestamp unit, bool inBurst, CancellationToken cancellationToken)
    {
        var wanted = inBurst ? unit + _burst : unit;
        while (true)
        {
            var moved = _moved.Next;
            if (Horizon >= wanted)
            {
                return;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Nothing more of it is wanted.</summary>
    public void End() => _ended.Cancel();

    public void Dispose() => _ended.Dispose();
}
