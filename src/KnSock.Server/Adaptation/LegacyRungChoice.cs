using System.Globalization;

namespace KnSock.Server.Adaptation;

/// <summary>Chooses the rung of a kn-sock client from what it says of its buffer and from what is seen of its link. Given the time; holds no clock.</summary>
/// <remarks>
/// kn-sock itself goes down a step when a report is below 0.1 s and up a step when it is above 0.3 s, and looks at nothing else. The report counts the pictures that wait, so it also falls where the
/// sender is slow or thins pictures out, and a client that does not measure it says the same all the time. So it is one witness of two. What the server sees comes first: while pictures wait
/// for the link, the rung is the highest that the link carries, down to the smallest size. A low report alone takes the quality down, a step each, but not the size; a high one lets it up where the
/// link is clear; without either, it goes up slowly as long as the link stays clear. A step up that had to be taken back is not tried again for a while, twice as long each time.
/// What a viewer may not be sent (the server's uplink, encoders that are too slow) it leaves at once.
/// </remarks>
internal sealed class LegacyRungChoice
{
    /// <summary>A client with less than this in its buffer is about to stand still, seconds.</summary>
    public const double Low = 0.1;

    /// <summary>A client with more than this has enough, seconds.</summary>
    public const double High = 0.3;

    /// <summary>Pictures that have waited for so long say that the link is too slow.</summary>
    public static readonly TimeSpan Backlog = TimeSpan.FromMilliseconds(150);

    /// <summary>For so long after a change what waits is still that of before, or the start of a TCP connection. A backlog of <see cref="GreatBacklog"/> is not waited with.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(700);

    /// <summary>See <see cref="Settling"/>.</summary>
    public static readonly TimeSpan GreatBacklog = TimeSpan.FromMilliseconds(450);

    /// <summary>What is said before the buffer can have filled is passed over: the first report comes before the first picture.</summary>
    public static readonly TimeSpan Filling = TimeSpan.FromSeconds(1.5);

    /// <summary>Reports that come faster than this, which is half the usual distance, are passed over.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A step up comes when the link has been clear for so long and the last report was high.</summary>
    public static readonly TimeSpan ClearForUp = TimeSpan.FromSeconds(2);

    /// <summary>The same without a high report.</summary>
    public static readonly TimeSpan ClearWithoutWord = TimeSpan.FromSeconds(10);

    /// <summary>A step up that is taken back within this time has failed.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromSeconds(10);

    /// <summary>The wait after the first failure, and the longest.</summary>
    public static readonly (TimeSpan First, TimeSpan Longest) Wait = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(80));

    /// <summary>What a link carries is not used up beyond this share.</summary>
    public const double Share = 0.85;

    private readonly int _lowestByWord;
    private TimeSpan _changedAt;
    private TimeSpan _clearSince;
    private TimeSpan _reportedAt = TimeSpan.MinValue;
    private TimeSpan _mayRiseAt;
    private TimeSpan _wait = Wait.First;
    private TimeSpan? _roseAt;
    private (double Level, bool IsNew)? _report;

    /// <summary>Begins a choice.</summary>
    /// <param name="first">The rung that it begins with.</param>
    /// <param name="lowestByWord">The lowest rung that reports alone lead to.</param>
    /// <param name="now">The time at which the first picture is sent.</param>
    public LegacyRungChoice(int first, int lowestByWord, TimeSpan now)
    {
        (Rung, _lowestByWord) = (first, lowestByWord);
        (_changedAt, _clearSince, BegunAt) = (now, now, now);
    }

    /// <summary>The rung.</summary>
    public int Rung { get; private set; }

    /// <summary>When it began.</summary>
    public TimeSpan BegunAt { get; }

    /// <summary>The last report that was looked at, seconds. Null: there is none.</summary>
    public double? Level => _report?.Level;

    /// <summary>Takes in a report.</summary>
    /// <param name="level">The media in the client's buffer, seconds.</param>
    /// <param name="now">The time.</param>
    public void Report(double level, TimeSpan now)
    {
        if (now - BegunAt >= Filling && (_reportedAt == TimeSpan.MinValue || now - _reportedAt >= ReportInterval))
        {
            (_report, _reportedAt) = ((level, true), now);
        }
    }

    /// <summary>The rung that was chosen last is sent from now on: what is seen from here on is due to it.</summary>
    public void Settle(TimeSpan now) => (_changedAt, _clearSince) = (now, now);

    /// <summary>Chooses anew.</summary>
    /// <param name="link">What is seen of the link.</param>
    /// <param name="rates">What each rung takes with the sound, bit/s, lowest first.</param>
    /// <param name="withheld">For each rung why it may not be sent, in words, or null if it may. Null: all may. The lowest always may.</param>
    /// <param name="now">The time.</param>
    /// <returns>The choice and why; that the rung is as it was is one, too.</returns>
    public Decision Consider(LegacyLink link, IReadOnlyList<double> rates, IReadOnlyList<string?>? withheld, TimeSpan now)
    {
        var before = Rung;
        var reason = Choose(link, rates, withheld, now);
        return new Decision(Rung, before, reason);
    }

    /// <summary>Why a rung would not be taken, as far as that does not depend on time, in words. Null: it may be.</summary>
    /// <param name="rung">The rung.</param>
    /// <param name="link">What is seen of the link.</param>
    /// <param name="rates">What each rung takes.</param>
    /// <param name="withheld">For each rung why it may not be sent.</param>
    public static string? WhyNot(int rung, LegacyLink link, IReadOnlyList<double> rates, IReadOnlyList<string?>? withheld) =>
        rung == 0 ? null
        : withheld?[rung] is { } reason ? reason
        : IsCarried(rung, link, rates) ? null
        : string.Create(CultureInfo.InvariantCulture, $"of the {link.Capacity / 1e6:0.0} Mbit/s that the link was seen to carry it would take more than {Share * 100:0} %");

    private string Choose(LegacyLink link, IReadOnlyList<double> rates, IReadOnlyList<string?>? withheld, TimeSpan now)
    {
        var isLow = _report is { IsNew: true, Level: < Low };
        _report = _report is { } report ? (report.Level, false) : null;
        if (Rung > 0 && withheld?[Rung] is { } reason)
        {
            // No fault of the viewer's link: it may go up again as soon as it may have more.
            (Rung, _roseAt, _changedAt, _clearSince) = (Below(Rung, withheld), null, now, now);
            return $"the rung may not be sent any more: {reason}";
        }

        if (link.Waiting >= Backlog)
        {
            _clearSince = now;
            var isSettling = now - _changedAt < Settling && !(link.Waiting >= GreatBacklog && _roseAt is not null);
            return Rung == 0 ? "pictures wait for the link, and there is no lower rung"
                : isSettling ? "pictures wait for the link, but that may be due to what was before the last change"
                : Fall(Carried(link, rates, withheld), "pictures wait for the link", now);
        }

        if (isLow)
        {
            _clearSince = now;
            return Rung > _lowestByWord ? Fall(Below(Rung, withheld), string.Create(CultureInfo.InvariantCulture, $"its buffer is down to {_report?.Level:0.00} s"), now)
                : "its buffer is low, but nothing waits for the link, so the size stays";
        }

        return Rise(link, rates, withheld, now);
    }

    private static bool IsCarried(int rung, LegacyLink link, IReadOnlyList<double> rates) => link.Capacity is not { } capacity || rates[rung] <= Share * capacity;

    /// <summary>The next rung below one that may be sent.</summary>
    private static int Below(int rung, IReadOnlyList<string?>? withheld)
    {
        do
        {
            rung--;
        }
        while (rung > 0 && withheld?[rung] is not null);
        return rung;
    }

    /// <summary>The highest rung below the present one that the link carries, as far as that is known.</summary>
    private int Carried(LegacyLink link, IReadOnlyList<double> rates, IReadOnlyList<string?>? withheld)
    {
        var rung = Below(Rung, withheld);
        while (rung > 0 && !IsCarried(rung, link, rates))
        {
            rung = Below(rung, withheld);
        }

        return rung;
    }

    private string Fall(int rung, string reason, TimeSpan now)
    {
        if (_roseAt is { } rose && now - rose < Trial)
        {
            _mayRiseAt = now + _wait;
            _wait = _wait * 2 < Wait.Longest ? _wait * 2 : Wait.Longest;
        }

        (Rung, _roseAt, _changedAt) = (rung, null, now);
        return reason;
    }

    private string Rise(LegacyLink link, IReadOnlyList<double> rates, IReadOnlyList<string?>? withheld, TimeSpan now)
    {
        if (_roseAt is { } rose && now - rose >= Trial)
        {
            (_roseAt, _wait) = (null, Wait.First);
        }

        var next = Rung + 1;
        while (next < rates.Count && withheld?[next] is not null)
        {
            next++;
        }

        var isAsked = _report?.Level > High;
        // Who says that its buffer is low is believed until it says something else.
        var stays = next == rates.Count ? "there is no higher rung that it may be sent"
            : !IsCarried(next, link, rates) ? "the link was seen to carry no more"
            : _report?.Level < Low ? "its buffer was low when it was heard last"
            : now < _mayRiseAt ? "the last step up had to be taken back, and the next one waits"
            : now - _clearSince < (isAsked ? ClearForUp : ClearWithoutWord) ? "the link has not been clear for long enough to go up"
            : null;
        if (stays is not null)
        {
            return stays;
        }

        (_roseAt, _changedAt, _clearSince, Rung) = (now, now, now, next);
        return isAsked ? "its buffer is full and the link is clear" : "the link is clear";
    }
}
