using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>Ties what is known of a kn-sock client's link and buffer, and what it may be sent, to the choice of its rung, and the choice to what it is sent.</summary>
internal sealed class LegacySteering : IDisposable
{
    /// <summary>What a link was seen to carry holds for so long.</summary>
    private static readonly TimeSpan CapacityHolds = TimeSpan.FromSeconds(10);

    /// <summary>A rung that does not come for so long is given up.</summary>
    private static readonly TimeSpan LongestChange = TimeSpan.FromSeconds(10);

    /// <summary>The first rung has the second quality: some way up and some way down are near.</summary>
    private const int FirstAboveLowest = 1;

    private readonly LegacyMedia _media;
    private readonly LinkEstimator _link = new();
    private readonly LegacyRates _rates;
    private readonly RungLimits _limits;
    private readonly UplinkShare? _uplink;
    private readonly string[] _names;
    private readonly int _lowestOfSize;
    private LegacyRungChoice? _choice;
    private (double BitsPerSecond, TimeSpan At)? _capacity;
    private TimeSpan? _changingSince;
    private LegacyLink _seen;
    private string _stays = "it has not begun";

    /// <summary>Begins with a rung that suits most.</summary>
    /// <param name="media">What is sent.</param>
    /// <param name="uplink">The server's uplink. Null: it has no limit.</param>
    public LegacySteering(LegacyMedia media, Uplink? uplink)
    {
        _media = media;
        _rates = new LegacyRates(media);
        _names = [.. media.Pictures.Select(t => t.Rendition.Name)];
        _limits = new RungLimits(media.Rungs);
        _uplink = uplink is null ? null : new UplinkShare(uplink, _limits, _rates.Usual, _rates.Utilities);
        var top = (JpegRendition)media.Pictures[^1].Rendition;
        _lowestOfSize = media.Pictures.Index().First(t => t.Item.Rendition is JpegRendition jpeg && (jpeg.Width, jpeg.Height) == (top.Width, top.Height)).Index;
        First = Math.Min(Math.Min(_lowestOfSize + FirstAboveLowest, media.Pictures.Count - 1), _limits.Highest);
    }

    /// <summary>The rung to begin with.</summary>
    public int First { get; }

    /// <summary>The rung that was chosen.</summary>
    public int Rung => _choice?.Rung ?? First;

    /// <summary>What the link is taken to carry, bit/s. Null: that is not known yet.</summary>
    public double? LinkBitsPerSecond => _link.Estimate.BitsPerSecond;

    /// <summary>What the client said last of its buffer, seconds. Null: nothing.</summary>
    public double? BufferSeconds { get; private set; }

    /// <summary>The first picture is sent.</summary>
    public void Begin(TimeSpan now) => _choice = new LegacyRungChoice(First, _lowestOfSize, now);

    /// <summary>Takes in a report of the client's buffer.</summary>
    public void Report(double level, TimeSpan now)
    {
        BufferSeconds = level;
        _choice?.Report(level, now);
    }

    /// <summary>Takes a look at the link and chooses anew.</summary>
    /// <returns>The choice of another rung, which is made ready from now on. Null: there is none.</returns>
    public Decision? Look(PictureFeed picture, LinkSample sample, TimeSpan now)
    {
        _link.Add(sample, now);
        if (_link.Estimate is { IsCapacity: true, BitsPerSecond: { } carried })
        {
            _capacity = (carried, now);
        }

        var choice = _choice!;
        _rates.Measure(picture.Rung);
        _uplink?.Follow(choice.Rung, _rates.ForUplink());
        if (picture.IsChanging && now - _changingSince < LongestChange)
        {
            _stays = "the change before is not carried out yet";
            return null;
        }

        if (_changingSince is not null)
        {
            _changingSince = null;
            choice.Settle(now);
        }

        var capacity = _capacity is { } seen && now - seen.At < CapacityHolds ? seen.BitsPerSecond : (double?)null;
        _seen = new LegacyLink(picture.Waiting + UnderWay(capacity), capacity);
        var decision = choice.Consider(_seen, _rates.Now, _limits.Reasons, now);
        _stays = decision.Reason;
        if (decision.Rung == decision.Previous)
        {
            return null;
        }

        _changingSince = now;
        picture.ChangeTo(choice.Rung);
        return decision;
    }

    /// <summary>A decision as it is kept, with what it was taken from.</summary>
    /// <param name="decision">The change. Null: how things stand.</param>
    /// <param name="session">The viewer's session.</param>
    /// <param name="channel">The channel's name.</param>
    /// <param name="picture">What is sent.</param>
    /// <param name="now">The server's clock.</param>
    public TakenDecision Keep(Decision? decision, string session, string channel, PictureFeed picture, TimeSpan now)
    {
        var withheld = _limits.Reasons?.ToArray();
        double[] rates = [.. _rates.Now];
        return new TakenDecision
        {
            At = now,
            Session = session,
            Channel = channel,
            Names = _names,
            Options = null,
            Before = decision?.Previous ?? Rung,
            Decision = decision,
            Stays = _stays,
            Candidates = [.. rates.Select((rate, rung) => new Candidate { Rung = rung, Name = _names[rung], BitsPerSecond = rate, NotWeighed = LegacyRungChoice.WhyNot(rung, _seen, rates, withheld) })],
            Input = new SelectorInput
            {
                State = _choice is null ? PlayoutState.Buffering : PlayoutState.Playing,
                Sent = picture.Rung,
                Buffer = TimeSpan.FromSeconds(BufferSeconds ?? 0),
                MaxBuffer = LegacyPace.PictureLead,
                IsAtLiveEdge = true,
                Lead = LegacyPace.PictureLead - _seen.Waiting,
                Link = _link.Estimate,
                UnderWay = _link.UnderWay,
                Next = [],
                Withdrawn = withheld,
                Utilities = _rates.Utilities,
                Rates = rates,
            },
        };
    }

    public void Dispose() => _uplink?.Dispose();

    /// <summary>What is on its way takes that long on a link that is known to be no faster.</summary>
    private TimeSpan UnderWay(double? capacity) =>
        _link.Estimate.IsCapacity && capacity is > 0 and var rate ? TimeSpan.FromSeconds(Math.Min(10, _link.UnderWay * 8 / rate)) : TimeSpan.Zero;
}
