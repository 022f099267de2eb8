using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Decodes sound and keeps an output supplied with it, so that what is heard is what playout stands at.</summary>
internal sealed class SoundPlayout(IPlayback playback, IAudioDecoder decoder, IAudioOutput output)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstBlock = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan NearlyEmpty = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan WaitForSoundBeyond = TimeSpan.FromSeconds(2);

    /// <summary>Sound behind a longer gap is kept off the line: playout may jump over the gap, and silence that lies on the line could not.</summary>
    private static readonly TimeSpan HeldBehindGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeldUntil = TimeSpan.FromMilliseconds(200);
    private const int MostSamples = 4096;

    private readonly Lock _gate = new();
    private readonly FaultSummary _faults = new("units of sound could not be decoded");
    private readonly Queue<(Timestamp Pts, TimeSpan Duration)> _undecoded = new();
    private AudioConfiguration? _configuration;
    private AudioAssembler? _line;
    private TimeStretcher _stretcher = new(sampleRate: 1000, channels: 1);
    private float[] _decoded = [];
    private float[] _block = [];
    private float[] _stretched = [];
    private uint _selection;
    private QueuedUnit? _held;
    private (Timestamp Position, TimeSpan At)? _lastSupply;

    /// <summary>What the output says of its latency while it is empty.</summary>
    private TimeSpan _latency;

    /// <summary>Whether what lies at the output is heard at its time.</summary>
    private bool _isAligned;
    private TimeSpan _written;
    private TimeSpan _heard;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                Step();
                await Task.Delay(Period, playback.Time, cancellationToken);
            }
        }
        finally
        {
            lock (_gate)
            {
                Clear();
            }
        }
    }

    /// <summary>Decodes what there is and gives the output what it needs; to be called every few milliseconds by one thread.</summary>
    internal void Step()
    {
        Decode();
        lock (_gate)
        {
            Supply();
        }
    }

    /// <summary>Tells the playback which instant of sound is being heard. May be called from any thread.</summary>
    public void ReportPosition()
    {
        lock (_gate)
        {
            if (_isAligned && playback.Selection == _selection && !output.Paused)
            {
                playback.ReportAudioPosition(Heard());
            }
        }
    }

    /// <summary>Decodes until enough of the present selection lies ready; what is left of another makes way for its first unit.</summary>
    private void Decode()
    {
        while ((playback.Selection != _selection || (_line?.Available ?? TimeSpan.Zero) < Ahead) && TryDecodeNext())
        {
            // Nothing else is to be done between two units.
        }
    }

    /// <summary>Decodes the next unit. False where there is none yet, or playout has to come to the end of a gap first.</summary>
    private bool TryDecodeNext()
    {
        if (_held is { } held && held.Selection == playback.Selection)
        {
            if (playback.Position is not { } position || held.Unit.Pts - position > HeldUntil + _latency)
            {
                return false;
            }

            _held = null;
            lock (_gate)
            {
                _line!.Reset();
                Clear();
            }

            Decode(held);
            return true;
        }

        _held = null;
        if (!playback.TryTake(TrackKind.Audio, out var unit))
        {
            return false;
        }

        if (unit.Discontinuity && unit.Selection == _selection && _line is { Start: not null } line && unit.Unit.Pts - line.End > HeldBehindGap)
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
            var samples = decoder.Decode(unit.Unit, _decoded);
            if (samples > 0 && _undecoded.TryDequeue(out var place))
            {
                _line!.Append(place.Pts, place.Duration, _decoded.AsSpan(0, samples * _configuration!.Channels));
            }
        }
        catch (DecodeException e)
        {
            _undecoded.Clear();
            if (_configuration is not null)
            {
                decoder.Reset();
            }

            if (_faults.Add(e.Message, playback.Time.Elapsed()) is { } sentence)
            {
                playback.ReportError(sentence);
            }
        }
    }

    private void Prepare(in QueuedUnit unit)
    {
        if (unit.Selection != _selection)
        {
            lock (_gate)
            {
                _selection = unit.Selection;
                _line?.Reset();
                Clear();
            }
        }

        if (!ReferenceEquals(unit.Configuration, _configuration))
        {
            Configure((AudioConfiguration)unit.Configuration);
        }
        else if (unit.Discontinuity)
        {
            decoder.Reset();
            _undecoded.Clear();
        }
    }

    private void Configure(AudioConfiguration configuration)
    {
        var before = _configuration;
        _configuration = null;
        _undecoded.Clear();
        decoder.Configure(configuration);
        _configuration = configuration;
        if (_line is not null && before?.SampleRate == configuration.SampleRate && before.Channels == configuration.Channels)
        {
            return;
        }

        lock (_gate)
        {
            _line = new AudioAssembler(configuration.SampleRate, configuration.Channels);
            _stretcher = new TimeStretcher(configuration.SampleRate, configuration.Channels);
            _decoded = new float[MostSamples * configuration.Channels];
            _block = new float[(int)(configuration.SampleRate * Ahead.TotalSeconds) * configuration.Channels];
            _stretched = new float[_block.Length];
            output.Configure(configuration.SampleRate, configuration.Channels);
            Clear();
        }
    }

    /// <summary>Starts, stops and supplies the output.</summary>
    private void Supply()
    {
        if (_line is null || playback.Selection != _selection || playback.Position is not { } position)
        {
            // While playout stands no time passes in it.
            _lastSupply = _lastSupply is { } last ? (last.Position, playback.Time.Elapsed()) : null;
            Pause();
            return;
        }

        if (IsLeftBehind(position))
        {
            Clear();
        }

        if (_isAligned && output.Queued <= _latency + NearlyEmpty)
        {
            // It has run empty, so time has passed without sound: what comes next must find its place anew.
            Clear();
        }

        if (!_isAligned)
        {
            _isAligned = TryAlign(position, _selection);
            Begin();
        }

        TopUp(Ahead);
        if (!_isAligned)
        {
            return;
        }

        if (output.Paused)
        {
            output.Paused = false;
        }

        CountHeard();
        playback.ReportAudioPosition(Heard());
    }

    /// <summary>The instant that is being heard. What lies at the output is longer or shorter than it was recorded where it was stretched.</summary>
    private Timestamp Heard()
    {
        var rate = _configuration!.SampleRate;
        var queued = output.Queued;
        var leftOut = _stretcher.LeftOutWithin((int)(queued.TotalSeconds * rate));
        return _line!.Start!.Value - queued - Timestamp.FromUnits(_stretcher.Waiting + leftOut, rate).SinceZero;
    }

    /// <summary>Whether playout has jumped away from the sound that lies at the output.</summary>
    private bool IsLeftBehind(Timestamp position)
    {
        var now = playback.Time.Elapsed();
        var hasJumped = _lastSupply is { } last && position - last.Position > now - last.At + HeldBehindGap;
        _lastSupply = (position, now);
        return hasJumped && _isAligned && position - Heard() > HeldBehindGap;
    }

    /// <summary>Makes the line begin with the sample that is due when the output's latency has passed.</summary>
    /// <returns>Whether it does; false where there is no such sample yet, or the units that came belong to another selection.</returns>
    private bool TryAlign(Timestamp position, uint selection)
    {
        var due = position + _latency;
        do
        {
            if (_line!.Start is { } start && start - due > WaitForSoundBeyond)
            {
                return false;
            }

            _line.Align(due);
            if (_line.Available > TimeSpan.Zero)
            {
                return true;
            }

            if (!TryDecodeNext())
            {
                return false;
            }
        }
        while (_selection == selection);
        return false;
    }

    /// <summary>
    /// Starts the output with a little sound, and leaves out of what follows as much as starting took; the first time that can be tens of
    /// milliseconds.
    /// </summary>
    private void Begin()
    {
        TopUp(FirstBlock);
        if (!_isAligned)
        {
            return;
        }

        output.Paused = false;
        if (playback.Position is { } position && _line!.Start is { } next && position - (next - output.Queued) is var late && late > TimeSpan.Zero)
        {
            _line.Align(next + late);
        }
    }

    private void TopUp(TimeSpan upTo)
    {
        var (rate, channels) = (playback.Rate, _configuration!.Channels);
        while (_isAligned && output.Queued - _latency < upTo && (_line!.Available > TimeSpan.Zero || _stretcher.Waiting > 0))
        {
            var room = (upTo - (output.Queued - _latency)).TotalSeconds * _configuration!.SampleRate;
            var wanted = Math.Clamp((int)Math.Ceiling(room), 1, _stretched.Length / channels);
            Stretch(wanted, rate, channels);
            var count = _stretcher.Take(_stretched.AsSpan(0, wanted * channels), rate);
            output.Write(_stretched.AsSpan(0, count));
            _written += Timestamp.FromUnits(count / channels, _configuration.SampleRate).SinceZero;
            Decode();
        }
    }

    /// <summary>Puts into the stretcher what it takes to get as much out of it.</summary>
    private void Stretch(int wanted, double rate, int channels)
    {
        while (_stretcher.Needed(wanted, rate) is var needed && needed > 0
            && _line!.Take(_block.AsSpan(0, Math.Min(needed * channels, _block.Length))) is var taken && taken > 0)
        {
            _stretcher.Put(_block.AsSpan(0, taken));
        }
    }

    private void CountHeard()
    {
        var heard = _written - (output.Queued - _latency);
        if (heard > _heard)
        {
            playback.ReportAudioPlayed(heard - _heard);
            _heard = heard;
        }
    }

    private void Pause()
    {
        if (_isAligned && !output.Paused)
        {
            output.Paused = true;
            CountHeard();
        }
    }

    private void Clear()
    {
        if (_configuration is null)
        {
            return;
        }

        if (_isAligned)
        {
            CountHeard();
        }

        output.Paused = true;
        output.Clear();
        _stretcher.Reset();
        (_latency, _written, _heard, _isAligned) = (output.Queued, TimeSpan.Zero, TimeSpan.Zero, false);
    }
}
