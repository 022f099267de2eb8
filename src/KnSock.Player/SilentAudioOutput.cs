using KnSock.Client.Playout;
using KnSock.Player.Sound;

namespace KnSock.Player;

/// <summary>A sound output without a device: its queue empties exactly at the speed of a clock. May be used from any thread.</summary>
public sealed class SilentAudioOutput : IAudioOutput
{
    private const int MaxSeconds = 30;
    private const int PieceFrames = 4_096;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<HeardSound>? _heard;
    private SampleQueue _samples = new(0);
    private float[] _piece = [];
    private int _sampleRate;
    private int _channels;
    private bool _paused = true;

    /// <summary>Where the present uninterrupted run of sound began, and how much of it is written and handed over, in samples a channel.</summary>
    private long _runStart;
    private long _written;
    private long _handedOver;

    /// <summary>Creates an output.</summary>
    /// <param name="time">The clock by which sound is heard.</param>
    /// <param name="heard">
    /// Receives what is heard, with the exact time at which it is; called from the members of this object, after the fact.
    /// </param>
    public SilentAudioOutput(TimeProvider time, Action<HeardSound>? heard = null) => (_time, _heard) = (time, heard);

    /// <inheritdoc/>
    public TimeSpan Queued
    {
        get
        {
            lock (_lock)
            {
                var now = Advance();
                return _sampleRate == 0 ? TimeSpan.Zero : DurationOf(_written) - (_paused ? DurationOf(_handedOver) : HeardOfRun(now));
            }
        }
    }

    /// <inheritdoc/>
    public bool Paused
    {
        get
        {
            lock (_lock)
            {
                return _paused;
            }
        }

        set
        {
            lock (_lock)
            {
                if (value != _paused)
                {
                    var now = Advance();
                    _paused = value;
                    StartRun(now);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Configure(int sampleRate, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        lock (_lock)
        {
            Advance();
            (_sampleRate, _channels, _paused) = (sampleRate, channels, true);
            _samples = new SampleQueue(MaxSeconds * sampleRate * channels);
            _piece = new float[PieceFrames * channels];
            (_written, _handedOver) = (0, 0);
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<float> samples)
    {
        lock (_lock)
        {
            ThrowIfNotConfigured();
            var now = Advance();
            if (_samples.Count == 0)
            {
                StartRun(now);
            }

            _written += _samples.Write(samples[..(samples.Length / _channels * _channels)]) / _channels;
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_lock)
        {
            var now = Advance();
            _samples.Clear();
            StartRun(now);
        }
    }

    /// <summary>Hands over what was heard since the last time.</summary>
    private long Advance()
    {
        var now = _time.GetTimestamp();
        if (_paused || _sampleRate == 0)
        {
            return now;
        }

        var heard = (long)((Int128)HeardOfRun(now).Ticks * _sampleRate / TimeSpan.TicksPerSecond);
        while (_handedOver < heard)
        {
            var frames = (int)Math.Min(heard - _handedOver, PieceFrames);
            var piece = _piece.AsSpan(0, frames * _channels);
            _samples.Read(piece);
            _heard?.Invoke(new HeardSound
            {
                Samples = piece,
                SampleRate = _sampleRate,
                Channels = _channels,
                HeardAt = _runStart + (long)((Int128)_handedOver * _time.TimestampFrequency / _sampleRate),
            });
            _handedOver += frames;
        }

        return now;
    }

    /// <summary>How much of the present run is heard by now; not more than was written.</summary>
    private TimeSpan HeardOfRun(long now)
    {
        var elapsed = _time.GetElapsedTime(_runStart, now);
        var written = DurationOf(_written);
        return elapsed < written ? elapsed : written;
    }

    /// <summary>Lets what is still queued be heard from now on.</summary>
    private void StartRun(long now)
    {
        _runStart = now;
        _written = _channels == 0 ? 0 : _samples.Count / _channels;
        _handedOver = 0;
    }

    /// <summary>Rounded up, so that a duration turned back into samples gives the same number.</summary>
    private TimeSpan DurationOf(long samples) =>
        TimeSpan.FromTicks((long)((((Int128)samples * TimeSpan.TicksPerSecond) + _sampleRate - 1) / _sampleRate));

    private void ThrowIfNotConfigured()
    {
        if (_sampleRate == 0)
        {
            throw new InvalidOperationException("Configure must come first");
        }
    }
}
