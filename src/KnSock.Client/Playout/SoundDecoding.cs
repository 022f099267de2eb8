using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Takes units of sound from a playback and decodes them, some way ahead of what is needed at the output.</summary>
/// <param name="playback">Where they come from.</param>
/// <param name="decoder">What decodes them, but for those that are samples already.</param>
/// <param name="supply">Where they go.</param>
internal sealed class SoundDecoding(IPlayback playback, IAudioDecoder decoder, SoundSupply supply)
{
    /// <summary>Sound behind a longer gap is kept off the line: playout may jump over the gap, and silence that lies on the line could not.</summary>
    public static readonly TimeSpan HeldBehindGap = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan HeldUntil = TimeSpan.FromMilliseconds(200);
    private const int MostSamples = 4096;

    private readonly FaultSummary _faults = new("units of sound could not be decoded");
    private readonly Queue<(Timestamp Pts, TimeSpan Duration)> _undecoded = new();
    private AudioConfiguration? _configuration;
    private float[] _decoded = [];
    private QueuedUnit? _held;

    /// <summary>Decodes until enough of the present selection lies ready; what is left of another makes way for its first unit.</summary>
    public void DecodeAhead()
    {
        while ((playback.Selection != supply.Selection || supply.Ready < SoundSupply.Ahead) && TryDecodeNext())
        {
            // Nothing else is to be done between two units.
        }
    }

    /// <summary>Decodes the next unit. False where there is none yet, or playout has to come to the end of a gap first.</summary>
    public bool TryDecodeNext()
    {
        if (_held is { } held && held.Selection == playback.Selection)
        {
            if (playback.Position is not { } position || held.Unit.Pts - position > HeldUntil + supply.Latency)
            {
                return false;
            }

            _held = null;
            supply.Begin(held.Selection);
            Decode(held);
            return true;
        }

        _held = null;
        if (!playback.TryTake(TrackKind.Audio, out var unit))
        {
            return false;
        }

        if (unit.Discontinuity && unit.Selection == supply.Selection && supply.End is { } end && unit.Unit.Pts - end > HeldBehindGap)
        {
            _held = unit;
            return false;
        }

        Decode(unit);
        return true;
    }

    private void Decode(in QueuedUnit unit)
    {
        try
        {
            Prepare(unit);
            _undecoded.Enqueue((unit.Unit.Pts, unit.Unit.Duration));
            var samples = _configuration is { IsPcm: true, Channels: var channels } ? PcmSamples.Read(unit.Unit, channels, _decoded) : decoder.Decode(unit.Unit, _decoded);
            if (samples > 0 && _undecoded.TryDequeue(out var place))
            {
                supply.Append(place.Pts, place.Duration, _decoded.AsSpan(0, samples * _configuration!.Channels));
            }
        }
        catch (DecodeException e)
        {
            _undecoded.Clear();
            Reset();

            if (_faults.Add(e.Message, playback.Time.Elapsed()) is { } sentence)
            {
                playback.ReportError(sentence);
            }
        }
    }

    private void Prepare(in QueuedUnit unit)
    {
        if (unit.Selection != supply.Selection)
        {
            supply.Begin(unit.Selection);
        }

        if (!ReferenceEquals(unit.Configuration, _configuration))
        {
            Configure((AudioConfiguration)unit.Configuration);
        }
        else if (unit.Discontinuity)
        {
            Reset();
            _undecoded.Clear();
        }
    }

    private void Configure(AudioConfiguration configuration)
    {
        _configuration = null;
        _undecoded.Clear();
        if (!configuration.IsPcm)
        {
            decoder.Configure(configuration);
        }

        _configuration = configuration;
        _decoded = new float[MostSamples * configuration.Channels];
        supply.Configure(configuration.SampleRate, configuration.Channels);
    }

    private void Reset()
    {
        if (_configuration is { IsPcm: false })
        {
            decoder.Reset();
        }
    }
}
