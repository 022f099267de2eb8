using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Counts what becomes of a playback. Memory is bounded however long it runs.</summary>
/// <param name="startedAt">When the user began to wait for the first picture.</param>
internal sealed class PlaybackMeter(TimeSpan startedAt)
{
    private static readonly TimeSpan SoundIsFresh = TimeSpan.FromMilliseconds(100);
    private const int MostErrors = 100;

    private readonly Histogram _skew = new(width: 0.25, bins: 4000);
    private readonly Histogram _latency = new(width: 5, bins: 4000);
    private readonly Histogram _decode = new(width: 0.1, bins: 5000);
    private readonly RecentDecodeTimes _recentDecode = new();
    private readonly List<string> _renditions = [];
    private readonly List<string> _errors = [];
    private readonly PictureRecord _pictures = new();
    private (Timestamp Position, TimeSpan At)? _sound;

    /// <summary>From the start to the first picture, milliseconds.</summary>
    public double? JoinMs { get; private set; }

    /// <summary>Pictures presented.</summary>
    public long Presented { get; private set; }

    /// <summary>Pictures left out because they were late.</summary>
    public long Late { get; private set; }

    /// <summary>Pictures that could not be decoded.</summary>
    public long Broken { get; private set; }

    /// <summary>Pictures left out to keep to the highest rate.</summary>
    public long RateCapped { get; private set; }

    /// <summary>Sound heard.</summary>
    public TimeSpan AudioPlayed { get; private set; }

    /// <summary>Media bytes received.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Changes of rung.</summary>
    public int Switches { get; private set; }

    /// <summary>How often playout jumped ahead because it was too far behind the live edge.</summary>
    public int Jumps { get; private set; }

    /// <summary>The slowest that playout has gone, 1 = as recorded.</summary>
    public double LowestRate { get; private set; } = 1;

    /// <summary>The fastest that playout has gone.</summary>
    public double HighestRate { get; private set; } = 1;

    /// <summary>The rung being played.</summary>
    public string? Rendition { get; private set; }

    /// <summary>95th percentile of the time to decode a picture, milliseconds.</summary>
    public double DecodeP95Ms => _decode.Quantile(0.95);

    /// <summary>The same of the last pictures of the present rung.</summary>
    public double RecentDecodeP95Ms => _recentDecode.P95Ms;

    /// <summary>95th percentile of the distance between picture and sound, milliseconds.</summary>
    public double SkewP95Ms => _skew.Quantile(0.95);

    /// <summary>A quantile of the distance behind the live edge, milliseconds.</summary>
    public double LatencyMs(double quantile) => _latency.Quantile(quantile);

    /// <summary>What the user saw so far.</summary>
    public WatchedFigures WatchedAt(TimeSpan now) => _pictures.At(now);

    /// <summary>Names of the rungs in the order of their appearance.</summary>
    public IReadOnlyList<string> Renditions => [.. _renditions];

    /// <summary>Faults that the user should see.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Media bytes came.</summary>
    public void OnReceived(long bytes) => BytesReceived += bytes;

    /// <summary>A unit of a rung is about to be played.</summary>
    /// <param name="name">The rung.</param>
    /// <param name="isSwitch">Whether it continues another rung of the same selection.</param>
    public void OnRendition(string name, bool isSwitch)
    {
        Switches += isSwitch ? 1 : 0;
        _recentDecode.Reset();
        Rendition = name;
        if (!_renditions.Contains(name, StringComparer.Ordinal))
        {
            _renditions.Add(name);
        }
    }

    /// <summary>Something became of a picture.</summary>
    /// <param name="outcome">What.</param>
    /// <param name="pts">When it was due.</param>
    /// <param name="liveEdge">Where the broadcast is, if known.</param>
    /// <param name="frame">How long each picture is to be seen.</param>
    /// <param name="now">The present time.</param>
    public void OnPicture(PictureOutcome outcome, Timestamp pts, Timestamp? liveEdge, TimeSpan frame, TimeSpan now)
    {
        switch (outcome)
        {
            case PictureOutcome.Presented:
                OnPresented(pts, liveEdge, now);
                _pictures.OnShown(Rendition ?? "", frame, now);
                break;
            case PictureOutcome.Late:
                Late++;
                break;
            case PictureOutcome.RateCapped:
                RateCapped++;
                break;
            default:
                Broken++;
                break;
        }
    }

    /// <summary>An instant of sound was heard.</summary>
    public void OnSound(Timestamp heard, TimeSpan now) => _sound = (heard, now);

    /// <summary>Playout stops or begins anew: the sound heard last says nothing about what follows.</summary>
    public void OnBreak() => _sound = null;

    /// <summary>The user pauses, goes on, seeks or changes the channel.</summary>
    public void OnUserBreak(TimeSpan now) => _pictures.OnBreak(now);

    /// <summary>Sound was heard.</summary>
    public void OnAudioPlayed(TimeSpan duration) => AudioPlayed += duration;

    /// <summary>Playout jumped ahead.</summary>
    public void OnJump() => Jumps++;

    /// <summary>Playout goes at a rate from now on.</summary>
    public void OnRate(double rate) => (LowestRate, HighestRate) = (Math.Min(LowestRate, rate), Math.Max(HighestRate, rate));

    /// <summary>A picture was decoded.</summary>
    public void OnDecoded(TimeSpan time)
    {
        _decode.Add(time.TotalMilliseconds);
        _recentDecode.Add(time);
    }

    /// <summary>Adds a fault; beyond a number of them only the newest are kept.</summary>
    public void OnError(string message)
    {
        if (_errors.Count == MostErrors)
        {
            _errors.RemoveAt(0);
        }

        _errors.Add(message);
    }

    private void OnPresented(Timestamp pts, Timestamp? liveEdge, TimeSpan now)
    {
        Presented++;
        JoinMs ??= (now - startedAt).TotalMilliseconds;
        if (_sound is { } sound && now - sound.At < SoundIsFresh)
        {
            _skew.Add((pts - (sound.Position + (now - sound.At))).Duration().TotalMilliseconds);
        }

        if (liveEdge is { } edge)
        {
            _latency.Add((edge - pts).TotalMilliseconds);
        }
    }
}
