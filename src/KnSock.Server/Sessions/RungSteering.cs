using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>Brings together, for one viewing, what is seen of the link, the selector's choice and the cursor of the picture.</summary>
internal sealed class RungSteering : IRungs, IDisposable
{
    /// <summary>A viewer that has this much, seconds, is not hurried.</summary>
    private const double EasyBuffer = 4;

    /// <summary>What a link that is limited by a token bucket lets through at once.</summary>
    private const int UsualBucket = 16 * 1024;

    /// <summary>Who has this much to spare, seconds, can wait for an encoder.</summary>
    private const double EasyLead = 3;

    /// <summary>Framing and marks, bit/s of each viewer.</summary>
    private const double FramingRate = 35_000;

    private readonly Viewing _viewing;
    private readonly ISteered _viewer;
    private readonly IRenditionSelector _selector;
    private readonly GopForecast _forecast;
    private readonly RungSwitch _switch;
    private readonly LinkProbe _probe;
    private readonly string[] _names;
    private readonly double[] _rates;
    private readonly double[] _utilities;
    private readonly string?[] _withheld;
    private readonly ClientLimits _client;
    private readonly PlayedRung _played = new();
    private readonly RecentChanges _changes = new();
    private readonly OpeningHold _hold;
    private readonly UplinkShare? _uplink;
    private readonly SoundSteering _sound;
    private FeedbackFigures? _feedback;
    private TrackCursor? _cursor;
    private Place? _decidedAt;
    private int? _notified;
    private bool _isLimited;

    /// <summary>Begins with a rung that suits the viewer.</summary>
    /// <param name="viewing">What is sent.</param>
    /// <param name="viewer">Whom it is sent to.</param>
    /// <param name="selector">What chooses the rung, given the first one.</param>
    /// <param name="before">The rung that the same viewer had of the same channel until now. Null: none.</param>
    /// <param name="limits">How its rung is limited by its client. Null: nothing is known of that.</param>
    /// <param name="uplink">The server's uplink. Null: it has no limit.</param>
    /// <param name="sound">What chooses its sound. Null: nothing is known of its link.</param>
    public RungSteering(
        Viewing viewing,
        ISteered viewer,
        Func<int, IRenditionSelector> selector,
        int? before = null,
        ClientLimits? limits = null,
        Uplink? uplink = null,
        SoundChoice? sound = null)
    {
        (_viewing, _viewer, _client, _hold) = (viewing, viewer, limits ?? new ClientLimits(viewing.Channel), new OpeningHold(viewing, viewer));
        var ladder = viewing.Channel.Ladder;
        _rates = [.. ladder.Video.Select(r => r.BitsPerSecond + ladder.Audio.BitsPerSecond + FramingRate)];
        _utilities = [.. ladder.Video.Select(r => Math.Log((double)r.BitsPerSecond / ladder.Video[0].BitsPerSecond))];
        _names = [.. ladder.Video.Select(r => r.Name)];
        _withheld = new string?[_rates.Length];
        if (uplink is not null)
        {
            _uplink = new UplinkShare(uplink, _client.Rungs, _rates, _utilities);
            viewing.FillBy(uplink, _uplink.Demand);
        }

        var first = StartingRung.Of(viewing, _client, before, _rates);
        _selector = selector(first);
        _forecast = new GopForecast(viewing.Channel, _rates);
        viewer.Link.Burst = viewing.IsAtLiveEdge ? 0 : UsualBucket;
        _probe = new LinkProbe(new LinkProbeOptions(), viewer.Lot);
        _switch = new RungSwitch(viewing.Channel.VideoTracks, first);
        _sound = new SoundSteering(viewing, sound ?? new SoundChoice(new SoundChoiceOptions()), viewer.OnSound);
    }

    /// <summary>The track that the viewer begins with.</summary>
    public RenditionTrack FirstTrack => _switch.Target;

    /// <summary>What steers the sound.</summary>
    public SoundSteering Sound => _sound;

    /// <summary>The rung chosen last.</summary>
    public int Rung => _selector.Rung;

    /// <summary>How the viewer's rung is limited by its client.</summary>
    public ClientLimits Client => _client;

    /// <summary>There is no better rung to be had, and no change under way.</summary>
    public bool IsAtTop => _selector.Rung >= _client.Rungs.Highest && !_switch.IsPending;

    /// <summary>The viewer plays the best there is and has plenty, so there is nothing to be chosen before its next feedback.</summary>
    public bool IsEasy { get; private set; }

    /// <summary>How long the media plays that was sent and may not have arrived.</summary>
    public TimeSpan UnderWay => TimeSpan.FromSeconds(_viewer.Link.UnderWay * 8 / (_rates[_switch.Sent] - _sound.Saved));

    /// <inheritdoc/>
    public bool IsPending => _switch.IsPending || _probe.IsRunning;

    /// <summary>Takes in feedback.</summary>
    public void Update(in FeedbackFigures feedback, TimeSpan now)
    {
        _feedback = feedback;
        _client.Follow(feedback, feedback.PositionSeconds is { } position ? _played.At(Timestamp.FromSeconds(position)) : null, now);
        _uplink?.Follow(_selector.Rung);
        var wasEasy = IsEasy;
        IsEasy = !_viewing.IsAtLiveEdge && feedback.VideoBufferSeconds >= EasyBuffer && IsAtTop && feedback.State == PlayoutState.Playing;
        if (!(IsEasy && wasEasy) || _client.Rungs[_selector.Rung] is not null)
        {
            Decide(now);
        }

        FollowSound(now);
    }

    /// <summary>Goes by the link and the time alone, where no feedback comes.</summary>
    public void Reckon(TimeSpan now)
    {
        IsEasy = false;
        _uplink?.Follow(_selector.Rung);
        Decide(now);
        FollowSound(now);
    }

    /// <inheritdoc/>
    public bool IsHeld { get; private set; }

    /// <inheritdoc/>
    public void Steer(TrackCursor cursor, TimeSpan now)
    {
        _cursor = cursor;
        IsHeld = _hold.Holds(cursor, now);
        if (IsHeld || (!cursor.IsAtGopStart && !_switch.IsPending))
        {
            return;
        }

        if (cursor.IsAtGopStart && _decidedAt != cursor.Place)
        {
            _decidedAt = cursor.Place;
            if (!IsEasy)
            {
                _viewer.LookAtLink(now);
                Decide(now);
            }
        }

        var before = cursor.Track.Rendition.Index;
        var hasSwitched = cursor.IsAtGopStart
            ? _switch.TryAtGopStart(cursor, isHurried: Lead(Timestamp.FromTimeSpan(now)).TotalSeconds < EasyLead)
            : _switch.TryWithinGop(cursor, !_isLimited && _viewer.Link.Estimate is { IsCapacity: true } link ? link.BitsPerSecond : null);
        if (hasSwitched || _notified is null)
        {
            Notify(cursor, before, now);
        }
    }

    /// <summary>How things stand, as the selector would see them now.</summary>
    public TakenDecision Look(TimeSpan now) => Keep(See(Timestamp.FromTimeSpan(now)), decision: null, _selector.Rung, now);

    /// <inheritdoc/>
    public int PaddingDue(TimeSpan now) => _probe.Due(now);

    /// <inheritdoc/>
    public void Suspend() => _switch.Suspend();

    public void Dispose()
    {
        _switch.Dispose();
        _uplink?.Dispose();
        _sound.Dispose();
    }

    private void FollowSound(TimeSpan now)
    {
        if (_sound.Update(new SoundInput(_selector.Rung > 0 && _switch.Sent > 0, _viewer.Link.Estimate, _rates[0]), now))
        {
            _viewer.OnSoundChosen();
        }
    }

    private void Decide(TimeSpan now)
    {
        var input = See(Timestamp.FromTimeSpan(now));
        if (_selector.Update(input, now) is { } decision)
        {
            _switch.Choose(decision.Rung, decision.Reason);
            // What the viewer has no use for does not hurt it for the rest of a GOP.
            _isLimited = _client.Rungs.IsCapped(decision.Previous);
            IsEasy = false;
            _viewer.OnDecision(Keep(input, decision, decision.Previous, now));
        }

        var wasProbing = _probe.IsRunning;
        _probe.Update(input, now);
        if (_probe.IsRunning && !wasProbing)
        {
            _viewer.OnProbe();
        }
    }

    private TakenDecision Keep(in SelectorInput input, Decision? decision, int before, TimeSpan now) => new()
    {
        At = now,
        Session = _viewer.Id,
        Channel = _viewing.Channel.Name,
        Names = _names,
        Options = (_selector as RenditionSelector)?.Options,
        Before = before,
        Input = input.Copy(),
        Decision = decision,
    };

    private SelectorInput See(Timestamp now)
    {
        var feedback = _feedback ?? default;
        var begun = _cursor is { IsAtGopStart: false } at && !_switch.IsSuspended ? at : null;
        return new SelectorInput
        {
            State = _viewing.State(now),
            Sent = _switch.Sent,
            Buffer = TimeSpan.FromSeconds(Math.Min(feedback.VideoBufferSeconds, feedback.AudioBufferSeconds)),
            // At the live edge there is no more to be had than what lies between it and playout.
            MaxBuffer = _viewing.IsAtLiveEdge ? _viewing.LiveEdge(now) - _viewing.Playout(now) : _viewing.MaxBuffer,
            IsAtLiveEdge = _viewing.IsAtLiveEdge,
            Lead = Lead(now),
            Link = _viewer.Link.Estimate,
            RecentChanges = _changes.At(now.SinceZero),
            UnderWay = _viewer.Link.UnderWay,
            RestBytes = begun?.BytesLeft ?? 0,
            Rest = begun?.Rest ?? TimeSpan.Zero,
            Begun = begun is { } cursor ? _forecast.Of(cursor.Gop) : null,
            Next = _forecast.From(NextGop(now)),
            Withdrawn = Withdrawn(now),
            Wanted = _client.Chosen,
            Utilities = _utilities,
            Rates = _rates,
        };
    }

    /// <summary>
    /// Why each rung may not be chosen. While a viewer has little to spare and waits for the encoder of its own rung, no other encoder is begun for it: that would make both late.
    /// </summary>
    private IReadOnlyList<string?>? Withdrawn(Timestamp now)
    {
        var withdrawn = _client.Rungs.Reasons;
        if (Lead(now).TotalSeconds >= EasyLead || _cursor is not { } cursor || !cursor.Track.IsPressed)
        {
            return withdrawn;
        }

        var next = NextGop(now);
        for (var rung = 0; rung < _withheld.Length; rung++)
        {
            var isCold = rung > _selector.Rung && !StartingRung.IsThere(_viewing.Channel.VideoTracks[rung], next);
            _withheld[rung] = withdrawn?[rung] ?? (isCold ? "it is not encoded yet" : null);
        }

        return _withheld;
    }

    private void Notify(TrackCursor cursor, int before, TimeSpan now)
    {
        var rendition = cursor.Track.Rendition;
        if (_notified is not null)
        {
            _changes.Add(now);
        }

        var at = cursor.TurnStart + _viewing.Channel.Timeline.GopStart(cursor.Gop).SinceZero;
        _played.Begin(at, rendition.Index);
        _viewer.OnRendition(new RenditionNotice
        {
            Selection = _viewing.Selection,
            From = _notified is null ? null : before,
            To = rendition.Index,
            Name = rendition.Name,
            AtSeconds = at.TotalSeconds,
            Reason = _switch.Reason,
        });
        _notified = rendition.Index;
    }

    /// <summary>The first GOP of which nothing was sent yet. One that goes on with others is at the live edge with them, however long ago it joined them.</summary>
    private int NextGop(Timestamp now) => _switch.IsSuspended ? _viewing.GopBehindLiveEdge(now) : _switch.NextStart ?? _viewing.Gop;

    /// <summary>How far what is sent next lies ahead of playout.</summary>
    private TimeSpan Lead(Timestamp now) =>
        (_cursor is { } cursor && !_switch.IsSuspended ? cursor.Position : _viewing.LiveEdge(now)) - _viewing.Playout(now);
}
