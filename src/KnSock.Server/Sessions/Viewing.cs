using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>What a viewer has selected, where it began, and how far ahead of its playout may be sent.</summary>
internal sealed class Viewing
{
    /// <summary>A viewer whose buffer is full is sent nothing until there is room for this share of it, so that its slack is used up to a small part.</summary>
    private const double BatchShare = 0.125;

    /// <summary>Playout is behind the live edge by its delay and by what the way takes.</summary>
    private static readonly TimeSpan Transit = TimeSpan.FromSeconds(0.1);

    /// <summary>Where the uplink has a limit, so much more than a batch is sent at once.</summary>
    private static readonly TimeSpan FillBurst = TimeSpan.FromSeconds(0.5);

    private readonly Timestamp? _ownEpoch;
    private readonly PlayoutReckoning _playout;
    private readonly (Timestamp Position, Timestamp At) _begun;
    private FillPace? _fill;

    /// <summary>Begins a viewing.</summary>
    /// <param name="select">What was selected.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="maxBuffer">How far ahead of playout may be sent. Zero: at the live edge, each unit when its time has come.</param>
    /// <param name="largestBatch">The most that a viewer whose buffer is full waits for to be sent in one go.</param>
    /// <param name="now">The server's clock.</param>
    public Viewing(Select select, Channel channel, TimeSpan maxBuffer, TimeSpan largestBatch, Timestamp now)
    {
        (Selection, Channel, MaxBuffer, IsLive) = (select.Selection, channel, maxBuffer, select.From == StartPoint.Live);
        Batch = TimeSpan.FromTicks(Math.Min(largestBatch.Ticks, (long)(maxBuffer.Ticks * BatchShare)));
        var position = select.From switch
        {
            StartPoint.Live => channel.LivePosition(now),
            StartPoint.Position => Timestamp.FromSeconds(select.PositionSeconds ?? 0),
            _ => Timestamp.Zero,
        };
        (Turn, Gop) = channel.Timeline.Locate(position);
        Start = new Timestamp(channel.Timeline.TurnStart(Turn).Microseconds + channel.Timeline.GopStart(Gop).Microseconds);
        _begun = (Timestamp.Max(position, Start), now);
        // Playout begins at the position asked for, not at the keyframe before it.
        _ownEpoch = IsLive ? null : new Timestamp(now.Microseconds - Timestamp.Max(position, Start).Microseconds);
        _playout = new PlayoutReckoning(Start, LiveEdge(now), IsAtLiveEdge, now);
    }

    /// <summary>The viewer's number for it.</summary>
    public uint Selection { get; }

    public Channel Channel { get; }

    /// <summary>The most that is sent ahead of playout.</summary>
    public TimeSpan MaxBuffer { get; }

    /// <summary>Nothing is sent ahead: each unit when the live edge reaches it.</summary>
    public bool IsAtLiveEdge => MaxBuffer == TimeSpan.Zero;

    /// <summary>Who has as much as it may have is sent more when there is room for this much.</summary>
    public TimeSpan Batch { get; }

    /// <summary>On the broadcast's timeline, not on one of the viewer's own.</summary>
    public bool IsLive { get; }

    /// <summary>Turn of the loop in which it begins.</summary>
    public long Turn { get; }

    /// <summary>GOP at which it begins.</summary>
    public int Gop { get; }

    /// <summary>Position of the first frame on the viewer's timeline.</summary>
    public Timestamp Start { get; }

    /// <summary>The position asked for, which lies in the first GOP.</summary>
    public Timestamp First => _begun.Position;

    /// <summary>Where playout would be on the viewer's timeline if it had no delay.</summary>
    public Timestamp LiveEdge(Timestamp now) => _ownEpoch is { } epoch ? new Timestamp(now.Microseconds - epoch.Microseconds) : Channel.LivePosition(now);

    /// <summary>The GOP that begins next at the live edge.</summary>
    public int GopBehindLiveEdge(Timestamp now) => (Channel.Timeline.Locate(LiveEdge(now)).Gop + 1) % Channel.Timeline.GopCount;

    /// <summary>The server's clock at the zero of its timeline.</summary>
    public Timestamp Epoch => _ownEpoch ?? Channel.Epoch;

    /// <summary>Media that is decoded up to here may be sent.</summary>
    public Timestamp Horizon(Timestamp now)
    {
        if (IsAtLiveEdge)
        {
            return LiveEdge(now);
        }

        var playout = Playout(now);
        return _fill?.Horizon(playout, playout + MaxBuffer, now) ?? playout + MaxBuffer;
    }

    /// <summary>A viewer at the live edge of which older media is unsent has no use for that: it would come when it was to be played already. It goes on at the newest keyframe.</summary>
    public TimeSpan MostBehind => _playout.Delay + Transit;

    /// <summary>Where playout is taken to be; where it begins, before anything was heard.</summary>
    public Timestamp Playout(Timestamp now) => _playout.At(now);

    /// <summary>What playout is taken to be doing.</summary>
    public PlayoutState State(Timestamp now) => _playout.StateAt(now);

    /// <summary>Whether playout is reckoned without reports, because none come.</summary>
    public bool IsSilent(Timestamp now) => _playout.IsSilent(now);

    /// <summary>The server's clock when the horizon comes to a position if playout goes on; <see cref="TimeSpan.MaxValue"/> if that is for feedback to say.</summary>
    public TimeSpan WhenHorizonAt(Timestamp position)
    {
        if (_fill is not { } fill)
        {
            return _playout.WhenAt(position - MaxBuffer);
        }

        var filled = fill.WhenAt(position);
        var due = position <= Playout(fill.At) + MaxBuffer ? filled : _playout.WhenAt(position - MaxBuffer);
        return due > filled ? due : filled;
    }

    /// <summary>The picture was sent up to here.</summary>
    public void OnSent(Timestamp position)
    {
        _playout.OnSent(position);
        _fill?.OnSent(position);
    }

    /// <summary>The buffer is filled no faster than the server's uplink allows.</summary>
    /// <param name="uplink">The uplink.</param>
    /// <param name="demand">The viewer's part of it.</param>
    public void FillBy(Uplink uplink, UplinkDemand demand)
    {
        _fill = IsAtLiveEdge ? null : new FillPace(uplink, demand, _begun.Position, Batch + FillBurst, _begun.At);
        demand.IsFilling = !IsAtLiveEdge;
    }

    /// <summary>Takes in plausible feedback.</summary>
    /// <param name="feedback">What the viewer says.</param>
    /// <param name="underWay">Media that was sent and may not have arrived.</param>
    /// <param name="now">The server's clock.</param>
    /// <param name="disbelief">What of it cannot be.</param>
    /// <returns>What is to be gone by in its place.</returns>
    public FeedbackFigures Report(in FeedbackFigures feedback, TimeSpan underWay, Timestamp now, out Disbelief disbelief) =>
        _playout.Believe(feedback, underWay, now, out disbelief);
}
