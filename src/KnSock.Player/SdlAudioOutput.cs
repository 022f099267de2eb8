using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Player.Interop.Sdl;
using KnSock.Player.Sound;

namespace KnSock.Player;

/// <summary>The system's default sound device, through SDL. May be used from any thread.</summary>
public sealed class SdlAudioOutput : IAudioOutput, IDisposable
{
    private const int MaxSeconds = 30;
    private const double MaxVolume = 1.5;

    /// <summary>Sound is heard this much later than fetched; smaller blocks would need a real-time thread.</summary>
    private const double BlockSeconds = 0.01;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly SdlRuntime _runtime;
    private SampleQueue _samples = new(0);
    private DeviceLatency _latency = new(TimeSpan.Zero);
    private SdlAudioDevice? _device;
    private int _sampleRate;
    private int _channels;
    private bool _paused = true;
    private float _volume = 1;

    private SdlAudioOutput(TimeProvider time, SdlRuntime runtime) => (_time, _runtime) = (time, runtime);

    /// <summary>Opens the default device.</summary>
    /// <param name="time">The clock by which it is measured how far the device has got.</param>
    /// <exception cref="LiveStreamException">There is no sound card, or SDL is not installed; the message is one line.</exception>
    public static SdlAudioOutput Open(TimeProvider time)
    {
        SdlRuntime runtime;
        try
        {
            AlsaLog.Silence();
            runtime = SdlRuntime.Start(SdlPart.Audio);
        }
        catch (LiveStreamException e)
        {
            throw new LiveStreamException($"no sound: {e.Message}", e);
        }

        var output = new SdlAudioOutput(time, runtime);
        try
        {
            // A system without a sound card often starts a driver all the same; the truth comes out when a device is opened.
            output.Configure(48_000, 2);
            return output;
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <summary>Loudness, 1 = as received, 0 = silence, at most 1.5.</summary>
    public double Volume
    {
        get => Volatile.Read(ref _volume);
        set => Volatile.Write(ref _volume, (float)Math.Clamp(value, 0, MaxVolume));
    }

    /// <inheritdoc/>
    public TimeSpan Queued
    {
        get
        {
            lock (_lock)
            {
                return DurationOf(_samples.Count) + _latency.At(Now());
            }
        }
    }

    /// <inheritdoc/>
    public bool Paused
    {
        get => Volatile.Read(ref _paused);
        set => Volatile.Write(ref _paused, value);
    }

    /// <inheritdoc/>
    /// <exception cref="LiveStreamException">The device does not take this format, or is gone.</exception>
    public void Configure(int sampleRate, int channels)
    {
        // Opening a device takes a while and may click, so an open one that fits is kept.
        var fits = _device is not null && _sampleRate == sampleRate && _channels == channels;
        if (!fits)
        {
            _device?.Dispose();
            _device = null;
        }

        Paused = true;
        lock (_lock)
        {
            (_sampleRate, _channels) = (sampleRate, channels);
            _samples = new SampleQueue(MaxSeconds * sampleRate * channels);
            _latency = fits ? _latency : new DeviceLatency(TimeSpan.FromSeconds(BlockSeconds));
        }

        if (!fits)
        {
            _device = SdlAudioDevice.Open(sampleRate, channels, (int)(sampleRate * BlockSeconds), Fetch);
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<float> samples)
    {
        lock (_lock)
        {
            _samples.Write(samples);
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_lock)
        {
            _samples.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device?.Dispose();
        _device = null;
        _runtime.Dispose();
    }

    private void Fetch(Span<float> target)
    {
        int filled;
        lock (_lock)
        {
            filled = Paused ? 0 : _samples.Read(target);
            _latency.Fetched(Now());
        }

        target[filled..].Clear();
        var gain = Volatile.Read(ref _volume);
        if (gain != 1)
        {
            foreach (ref var sample in target[..filled])
            {
                sample = Math.Clamp(sample * gain, -1f, 1f);
            }
        }
    }

    private TimeSpan Now() => _time.GetElapsedTime(0);

    private TimeSpan DurationOf(int samples) => TimeSpan.FromSeconds((double)samples / _channels / _sampleRate);
}
