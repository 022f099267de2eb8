namespace KnSock.Server.Adaptation;

/// <summary>
/// Finds out at the live edge whether a link carries the next rung: what is sent there never exceeds what the present rung needs, so nothing else would show it. For a
/// moment bytes without meaning make up the difference; if they queue up, that was too much, and it is tried again only after a longer while.
/// </summary>
/// <param name="options">The knobs.</param>
/// <param name="seed">By how much waits differ from viewer to viewer, so that those who share a link do not probe together.</param>
internal sealed class LinkProbe(LinkProbeOptions options, int seed)
{
    private readonly Random _random = new(seed);
    private TimeSpan _interval = options.FirstInterval;
    private int? _probedFrom;
    private TimeSpan _nextAt;
    private TimeSpan _until;
    private TimeSpan _paidAt;
    private double _rate;

    /// <summary>Bytes without meaning are being sent.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Begins or ends.</summary>
    /// <param name="input">What is seen.</param>
    /// <param name="now">The server's clock.</param>
    public void Update(in SelectorInput input, TimeSpan now)
    {
        var age = (input.MaxBuffer - input.Lead).TotalSeconds + (input.UnderWay * 8 / Math.Max(1, input.Link.BitsPerSecond ?? 1));
        if (IsRunning)
        {
            if (now >= _until || age > options.MostQueued * input.MaxBuffer.TotalSeconds)
            {
                End(now);
            }

            return;
        }

        if (now >= _nextAt && Next(input) is { } next && age <= options.LeastQueued * input.MaxBuffer.TotalSeconds)
        {
            // One that did not lead up is not to be had again so soon, whether it failed or was of no use.
            _interval = input.Sent != _probedFrom ? options.FirstInterval : TimeSpan.FromTicks(Math.Min((long)(_interval.Ticks * options.BackOff), options.LongestInterval.Ticks));
            _probedFrom = input.Sent;
            (IsRunning, _until, _paidAt, _rate) = (true, now + options.Length, now, (options.Headroom * input.Rates[next]) - input.Rates[input.Sent]);
        }
    }

    /// <summary>How many bytes without meaning are due since the last call.</summary>
    public int Due(TimeSpan now)
    {
        if (!IsRunning || now <= _paidAt)
        {
            return 0;
        }

        var since = now - _paidAt;
        _paidAt = now;
        return (int)Math.Min(options.LargestStep, _rate / 8 * since.TotalSeconds);
    }

    /// <summary>The rung of which it is not known whether the link carries it.</summary>
    private int? Next(in SelectorInput input)
    {
        if (!input.IsAtLiveEdge || input.State != Protocol.Messages.PlayoutState.Playing || input.Link.IsCapacity || input.Wanted is not null)
        {
            return null;
        }

        for (var rung = input.Sent + 1; rung < input.Rates.Count; rung++)
        {
            if (input.Withdrawn?[rung] is null)
            {
                return input.Link.BitsPerSecond >= options.Headroom * input.Rates[rung] ? null : rung;
            }
        }

        return null;
    }

    private void End(TimeSpan now)
    {
        IsRunning = false;
        _nextAt = now + (_interval * (1 + (options.Jitter * ((2 * _random.NextDouble()) - 1))));
    }
}

/// <summary>The knobs of <see cref="LinkProbe"/>.</summary>
internal sealed record LinkProbeOptions
{
    /// <summary>How long it takes.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromMilliseconds(350);

    /// <summary>How much more than the next rung needs is sent.</summary>
    public double Headroom { get; init; } = 1.2;

    /// <summary>Not begun while more than this share of the delay is queued.</summary>
    public double LeastQueued { get; init; } = 0.3;

    /// <summary>Ended when more than this share of the delay is queued.</summary>
    public double MostQueued { get; init; } = 0.5;

    /// <summary>From one to the next.</summary>
    public TimeSpan FirstInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>By how much longer that is after each that did not lead up.</summary>
    public double BackOff { get; init; } = 1.5;

    /// <summary>The most that it is.</summary>
    public TimeSpan LongestInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>By which share waits differ.</summary>
    public double Jitter { get; init; } = 0.25;

    /// <summary>The most bytes that go out with one picture.</summary>
    public int LargestStep { get; init; } = 64 * 1024;
}
