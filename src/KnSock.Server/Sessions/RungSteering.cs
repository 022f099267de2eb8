using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>Brings together, for one viewing, what is seen of the link, the selector's choice and the cursor of the picture.</summary>
internal sealed class RungSteering : IRungs, IDisposable
{
    /// <summary>A viewer's first rung, if it has to be encoded for it first: one that nearly every link carries.</summary>
    private const double FirstColdRate = 1_000_000;

    /// <summary>A viewer's first rung, if it is being watched and so costs no wait.</summary>
    private const double FirstWarmRate = 3_500_000;

    /// <summary>Framing and marks, bit/s of each viewer.</summary>
    private const double FramingRate = 35_000;

    private readonly Viewing _viewing;
    private readonly LinkEstimator _link;
    private readonly IRenditionSelector _selector;
    private readonly GopForecast _forecast;
    private readonly RungSwitch _switch;
    private readonly Action<RenditionNotice> _notify;
    private readonly double[] _rates;
    private TrackCursor? _cursor;
    private int? _notified;

    /// <summary>Begins with a rung that suits the viewer.</summary>
    /// <param name="viewing">What is sent.</param>
    /// <param name="link">What is seen of the viewer's link.</param>
    /// <param name="selector">What chooses the rung, given the first one.</param>
    /// <param name="notify">Is told of changes.</param>
    /// <param name="before">The rung that the same viewer had of the same channel until now. Null: none.</param>
    public RungSteering(Viewing viewing, LinkEstimator link, Func<int, IRenditionSelector> selector, Action<RenditionNotice> notify, int? before = null)
    {
        (_viewing, _link, _notify) = (viewing, link, notify);
        var ladder = viewing.Channel.Ladder;
        _rates = [.. ladder.Video.Select(r => r.BitsPerSecond + ladder.Audio.BitsPerSecond + FramingRate)];
        var first = FirstRung(before);
        _selector = selector(first);
        _forecast = new GopForecast(viewing.Channel, _rates);
        _switch = new RungSwitch(viewing.Channel.VideoTracks, first);
    }

    /// <summary>The track that the viewer begins with.</summary>
    public RenditionTrack FirstTrack => _switch.Target;

    /// <summary>The rung chosen last.</summary>
    public int Rung => _selector.Rung;

    /// <summary>There is no better rung to be had, and no change under way.</summary>
    public bool IsAtTop => _selector.Rung == _rates.Length - 1 && !_switch.IsPending;

    /// <summary>Takes in feedback; the record of a decision if one was taken.</summary>
    public (SelectorInput Input, Decision Decision)? Update(in FeedbackFigures feedback, TimeSpan now)
    {
        var input = new SelectorInput
        {
            State = feedback.State,
            Sent = _switch.Sent,
            Buffer = TimeSpan.FromSeconds(Math.Min(feedback.VideoBufferSeconds, feedback.AudioBufferSeconds)),
            // At the live edge there is no more to be had than what playout wants before it starts.
            MaxBuffer = _viewing.IsAtLiveEdge ? TimeSpan.FromSeconds(feedback.TargetSeconds) : _viewing.MaxBuffer,
            Link = _link.Estimate,
            IsAtLiveEdge = _viewing.IsAtLiveEdge,
            Lead = Lead(Timestamp.FromTimeSpan(now)),
            UnderWay = _link.UnderWay,
            Next = _forecast.From(_switch.NextStart ?? _viewing.Gop),
            Withdrawn = _viewing.Channel.Withdrawn,
            Rates = _rates,
        };
        if (_selector.Update(input, now) is not { } decision)
        {
            return null;
        }

        _switch.Choose(decision.Rung, decision.Reason);
        // What it was taken from is written down later.
        return (input with { Next = _forecast.Copy() }, decision);
    }

    /// <inheritdoc/>
    public void Steer(TrackCursor cursor)
    {
        _cursor = cursor;
        if (!cursor.IsAtGopStart && !_switch.IsPending)
        {
            return;
        }

        var before = cursor.Track.Rendition.Index;
        var hasSwitched = cursor.IsAtGopStart
            ? _switch.TryAtGopStart(cursor)
            : _switch.TryWithinGop(cursor, _link.Estimate is { IsCapacity: true } link ? link.BitsPerSecond : null);
        if (!hasSwitched && _notified is not null)
        {
            return;
        }

        var rendition = cursor.Track.Rendition;
        _notify(new RenditionNotice
        {
            Selection = _viewing.Selection,
            From = _notified is null ? null : before,
            To = rendition.Index,
            Name = rendition.Name,
            AtSeconds = (cursor.TurnStart + _viewing.Channel.Timeline.GopStart(cursor.Gop).SinceZero).TotalSeconds,
            Reason = _switch.Reason,
        });
        _notified = rendition.Index;
    }

    /// <inheritdoc/>
    public bool IsPending => _switch.IsPending;

    /// <inheritdoc/>
    public void Suspend() => _switch.Suspend();

    public void Dispose() => _switch.Dispose();

    /// <summary>How far what is sent next lies ahead of playout.</summary>
    private TimeSpan Lead(Timestamp now) =>
        (_cursor is { } cursor && !_switch.IsSuspended ? cursor.Position : _viewing.LiveEdge(now)) - _viewing.Playout(now);

    /// <summary>
    /// The best rung that costs no wait and is not too much for most links, or for this one as far as is known; otherwise a modest one, which is
    /// encoded soonest.
    /// </summary>
    private int FirstRung(int? before)
    {
        RenditionTrack[] offered = [.. _viewing.Channel.VideoTracks.Where(t => _viewing.Channel.Withdrawn?[t.Rendition.Index] is null)];
        var ready = offered.LastOrDefault(
            t => IsThere(t) && (before is { } known ? t.Rendition.Index <= known : _rates[t.Rendition.Index] <= FirstWarmRate));
        var cold = offered.LastOrDefault(t => t.Rendition.Index <= (before ?? int.MaxValue) && _rates[t.Rendition.Index] <= FirstColdRate);
        return (ready ?? cold ?? offered[0]).Rendition.Index;
    }

    private bool IsThere(RenditionTrack track) =>
        track.ReadyUnits(_viewing.Gop) > 0 || track.Stored?.Has(_viewing.Gop) == true || track.Rendition is VideoRendition { IsPassthrough: true };
}
