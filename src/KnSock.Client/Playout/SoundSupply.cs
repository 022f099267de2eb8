using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Decoded sound on its way to where it is heard: a line of samples in their order, stretched to the rate of playout, and what lies at the output.</summary>
/// <remarks>Its owner calls with <see cref="Gate"/> held, but where it says otherwise.</remarks>
internal sealed class SoundSupply(IPlayback playback, IAudioOutput output)
{
    /// <summary>How much is kept at the output, and decoded besides.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan NearlyEmpty = TimeSpan.FromMilliseconds(2);

    /// <summary>Sound that has no more than this left is let die away; a supply comes every few milliseconds.</summary>
    private static readonly TimeSpan AlmostOver = TimeSpan.FromMilliseconds(15);

    private AudioAssembler? _line;
    private TimeStretcher _stretcher = new(sampleRate: 1000, channels: 1);
    private Concealment _concealment = new(sampleRate: 1000, channels: 1);
    private int _rate;
    private int _channels;
    private float[] _block = [];
    private float[] _stretched = [];
    private TimeSpan _written;
    private TimeSpan _heard;

    /// <summary>What was written to conceal that there is no more.</summary>
    private TimeSpan _concealed;

    /// <summary>Held while what is heard changes its place.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The selection that the sound answers.</summary>
    public uint Selection { get; private set; }

    /// <summary>There is an output of the right form.</summary>
    public bool IsConfigured => _line is not null;

    /// <summary>Whether what lies at the output is heard at its time.</summary>
    public bool IsAligned { get; set; }

    /// <summary>What the output says of its latency while it is empty.</summary>
    public TimeSpan Latency { get; private set; }

    /// <summary>Sound on the line.</summary>
    public TimeSpan Ready => _line?.Available ?? TimeSpan.Zero;

    /// <summary>Where the next sound on the line belongs. Null: none has come.</summary>
    public Timestamp? Next => _line?.Start;

    /// <summary>Where the sound on the line ends. Null: none has come.</summary>
    public Timestamp? End => _line is { Start: not null } line ? line.End : null;

    /// <summary>The output has nearly run empty, or sound has come that would follow what dies away.</summary>
    public bool IsOver => output.Queued <= Latency + NearlyEmpty || (_concealed > TimeSpan.Zero && Ready > TimeSpan.Zero);

    /// <summary>The instant that is being heard. What lies at the output is longer or shorter than it was recorded where it was stretched.</summary>
    public Timestamp Heard
    {
        get
        {
            var queued = output.Queued - _concealed is var real && real > TimeSpan.Zero ? real : TimeSpan.Zero;
            var leftOut = _stretcher.LeftOutWithin((int)(queued.TotalSeconds * _rate));
            return _line!.Start!.Value - queued - Timestamp.FromUnits(_stretcher.Waiting + leftOut, _rate).SinceZero;
        }
    }

    /// <summary>Throws away what there is and takes in sound of a selection. Takes the gate itself.</summary>
    public void Begin(uint selection)
    {
        lock (Gate)
        {
            Selection = selection;
            _line?.Reset();
            Clear();
        }
    }

    /// <summary>Opens the output for another form of sound; leaves it as it is if it has that form. Takes the gate itself.</summary>
    public void Configure(int sampleRate, int channels)
    {
        lock (Gate)
        {
            if (_line is not null && _rate == sampleRate && _channels == channels)
            {
                return;
            }

            (_rate, _channels) = (sampleRate, channels);
            _line = new AudioAssembler(sampleRate, channels);
            _stretcher = new TimeStretcher(sampleRate, channels);
            _concealment = new Concealment(sampleRate, channels);
            _block = new float[(int)(sampleRate * Ahead.TotalSeconds) * channels];
            _stretched = new float[_block.Length];
            output.Configure(sampleRate, channels);
            Clear();
        }
    }

    /// <summary>Takes in decoded sound. The gate need not be held.</summary>
    public void Append(Timestamp pts, TimeSpan duration, ReadOnlySpan<float> samples) => _line!.Append(pts, duration, samples);

    /// <summary>Makes the line begin at a position.</summary>
    public void Align(Timestamp position) => _line!.Align(position);

    /// <summary>Writes a block to the output if less than <paramref name="upTo"/> lies there.</summary>
    /// <returns>Whether it did; then there is room on the line.</returns>
    public bool TryTopUp(TimeSpan upTo, double rate)
    {
        if (!IsAligned || output.Queued - Latency >= upTo)
        {
            return false;
        }

        if (Ready <= TimeSpan.Zero && _stretcher.Waiting <= 0)
        {
            Conceal();
            return false;
        }

        var room = (upTo - (output.Queued - Latency)).TotalSeconds * _rate;
        var wanted = Math.Clamp((int)Math.Ceiling(room), 1, _stretched.Length / _channels);
        Stretch(wanted, rate);
        var count = _stretcher.Take(_stretched.AsSpan(0, wanted * _channels), rate);
        output.Write(_stretched.AsSpan(0, count));
        _concealment.Note(_stretched.AsSpan(0, count));
        _written += Timestamp.FromUnits(count / _channels, _rate).SinceZero;
        return true;
    }

    /// <summary>Lets the output run.</summary>
    /// <returns>By how much what lies on the line would be heard too late, since starting takes time; not above zero if it would not.</returns>
    public TimeSpan Start()
    {
        output.Paused = false;
        return playback.Position is { } position && Next is { } next ? position - (next - output.Queued) : TimeSpan.Zero;
    }

    /// <summary>Lets the output run on, and says what of the sound was heard.</summary>
    public void Report()
    {
        if (output.Paused)
        {
            output.Paused = false;
        }

        CountHeard();
        playback.ReportAudioPosition(Heard);
    }

    /// <summary>Says what is heard at this moment, if something is.</summary>
    public void ReportPosition()
    {
        if (IsAligned && playback.Selection == Selection && !output.Paused)
        {
            playback.ReportAudioPosition(Heard);
        }
    }

    /// <summary>Stops the output; where playout has stopped for want of sound, when that has died away.</summary>
    public void Pause()
    {
        if (IsAligned && !output.Paused && (_concealed == TimeSpan.Zero || playback.Paused || output.Queued <= Latency + NearlyEmpty))
        {
            output.Paused = true;
            CountHeard();
        }
    }

    /// <summary>Throws away what lies at the output: what comes next must find its place anew.</summary>
    public void Clear()
    {
        if (_line is null)
        {
            return;
        }

        if (IsAligned)
        {
            CountHeard();
        }

        output.Paused = true;
        output.Clear();
        _stretcher.Reset();
        _concealment.Reset();
        (Latency, _written, _heard, _concealed, IsAligned) = (output.Queued, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, false);
    }

    private void Conceal()
    {
        if (_concealed == TimeSpan.Zero && !output.Paused && output.Queued - Latency <= AlmostOver && _concealment.Fade() is { Length: > 0 } fade)
        {
            output.Write(fade);
            _concealed = Timestamp.FromUnits(fade.Length / _channels, _rate).SinceZero;
        }
    }

    /// <summary>Puts into the stretcher what it takes to get as much out of it.</summary>
    private void Stretch(int wanted, double rate)
    {
        while (_stretcher.Needed(wanted, rate) is var needed && needed > 0
            && _line!.Take(_block.AsSpan(0, Math.Min(needed * _channels, _block.Length))) is var taken && taken > 0)
        {
            _stretcher.Put(_block.AsSpan(0, taken));
        }
    }

    private void CountHeard()
    {
        var left = output.Queued - Latency - _concealed;
        var heard = _written - (left > TimeSpan.Zero ? left : TimeSpan.Zero);
        if (heard > _heard)
        {
            playback.ReportAudioPlayed(heard - _heard);
            _heard = heard;
        }
    }
}
