using System.Globalization;
using KnSock.Protocol.Messages;

namespace KnSock.Server.Adaptation;

/// <summary>
/// Finds out which rungs a viewer decodes in time. One that keeps its decoder busy for most of each picture's time, or whose pictures come out too late, is not sent for a
/// while, and then tried again; more and more rarely where that fails. It goes by the rung that is played, since what is sent is played up to the read-ahead later.
/// </summary>
/// <param name="options">The knobs.</param>
internal sealed class DecoderLimit(DecoderLimitOptions options)
{
    private TimeSpan _wait = options.FirstWait;
    private TimeSpan _retryAt;
    private TimeSpan _wellSince;
    private TimeSpan _notedAt;
    private TimeSpan? _badSince;
    private int? _tried;
    private int? _rung;
    private (int Presented, int Late, TimeSpan At)? _counted;
    private double _shownShare = 1;

    /// <summary>The highest rung that may be sent. Null: any.</summary>
    public int? Highest { get; private set; }

    /// <summary>Why no higher one, in words.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Another selection begins, whose figures count from zero.</summary>
    public void Begin() => (_rung, _badSince, _counted, _shownShare) = (null, null, null, 1);

    /// <summary>Takes in how decoding goes.</summary>
    /// <param name="seen">What the viewer says.</param>
    /// <param name="now">The server's clock.</param>
    public void Update(in DecoderReport seen, TimeSpan now)
    {
        if (seen.State != PlayoutState.Playing || seen.Rung != _rung || seen.Presented is null || now - _notedAt > options.LongestSilence)
        {
            Begin();
            (_rung, _wellSince) = (seen.Rung, now);
        }

        _notedAt = now;
        if (seen is { State: PlayoutState.Playing, Presented: { } presented, Rung: > 0 and var rung } && !(rung > Highest))
        {
            Judge(seen, presented, rung, now);
        }

        if (Highest is { } highest && now >= _retryAt)
        {
            (_tried, _retryAt) = (highest + 1, now + options.FirstWait);
            Highest = highest + 1 < seen.TopRung ? highest + 1 : null;
        }
    }

    private void Judge(in DecoderReport seen, int presented, int rung, TimeSpan now)
    {
        Count(presented, seen.Late, now);
        var frame = seen.FrameTime.TotalMilliseconds;
        var isSlow = seen.DecodeP95Ms > options.MostBusy * frame;
        if (!isSlow && _shownShare >= options.LeastShown)
        {
            _badSince = null;
            if (rung >= _tried && now - _wellSince >= options.LongEnough)
            {
                (_tried, _wait) = (null, options.FirstWait);
            }

            return;
        }

        // What is counted tells of the time before.
        _badSince ??= isSlow ? now : now - options.CountedOver;
        _wellSince = now;
        if (now - _badSince >= options.Patience)
        {
            _wait = rung >= _tried ? TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, options.LongestWait.Ticks)) : _wait;
            (Highest, _tried, _badSince, _retryAt) = (rung - 1, null, null, now + _wait);
            Reason = isSlow
                ? $"decoding takes {Text(seen.DecodeP95Ms)} ms of {Text(frame)}"
                : $"only {Text(_shownShare * 100)} of 100 pictures are decoded in time";
        }
    }

    /// <summary>The share of pictures that were there at their time, over and over for a while.</summary>
    private void Count(int presented, int late, TimeSpan now)
    {
        if (_counted is not { } before || presented < before.Presented || late < before.Late)
        {
            _counted = (presented, late, now);
        }
        else if (now - before.At >= options.CountedOver)
        {
            var (shown, all) = (presented - before.Presented, presented - before.Presented + late - before.Late);
            _shownShare = all > 0 ? (double)shown / all : 1;
            _counted = (presented, late, now);
        }
    }

    private static string Text(double number) => Math.Round(number).ToString(CultureInfo.InvariantCulture);
}

/// <summary>How a viewer's decoder does.</summary>
/// <param name="State">What playout is doing.</param>
/// <param name="Rung">The rung that is played. Null: that is not known.</param>
/// <param name="TopRung">The highest rung that there is.</param>
/// <param name="FrameTime">How long a picture is seen.</param>
/// <param name="DecodeP95Ms">95th percentile of the time to decode a picture, lately, milliseconds.</param>
/// <param name="Presented">Pictures that were there at their time so far. Null: the viewer does not say, and is not limited.</param>
/// <param name="Late">Pictures that were not.</param>
internal readonly record struct DecoderReport(PlayoutState State, int? Rung, int TopRung, TimeSpan FrameTime, double DecodeP95Ms, int? Presented, int Late);

/// <summary>The knobs of <see cref="DecoderLimit"/>.</summary>
internal sealed record DecoderLimitOptions
{
    /// <summary>The most of a picture's time that it may take to decode it.</summary>
    public double MostBusy { get; init; } = 0.7;

    /// <summary>The least share of pictures that has to be there in time.</summary>
    public double LeastShown { get; init; } = 0.9;

    /// <summary>Over which time that is counted.</summary>
    public TimeSpan CountedOver { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For how long a rung may do badly.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When it is tried again.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that becomes where it fails again and again.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A rung that does well for so long is not one that fails again.</summary>
    public TimeSpan LongEnough { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Behind a longer time without a report all is seen anew.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(3);
}
