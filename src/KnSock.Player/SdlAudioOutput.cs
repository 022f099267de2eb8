using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private GCHandle _self;
    private SampleQueue _samples = new(0);
    private DeviceLatency _latency = new(TimeSpan.Zero);
    private uint _device;
    private int _sampleRate;
    private int _channels;
    private bool _paused = true;
    private float _volume = 1;

    private SdlAudioOutput(TimeProvider time, SdlRuntime runtime)
    {
        (_time, _runtime) = (time, runtime);
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
    }

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
        set
        {
            // Outside the lock: SDL waits for the fetching thread, which may be waiting for the lock.
            Volatile.Write(ref _paused, value);
            if (_device != 0)
            {
                SdlImports.PauseAudio(_device, value ? 1 : 0);
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="LiveStreamException">The device does not take this format, or is gone.</exception>
    public void Configure(int sampleRate, int channels)
    {
        // Opening a device takes a while and may click, so an open one that fits is kept.
        var fits = _device != 0 && _sampleRate == sampleRate && _channels == channels;
        if (fits)
        {
            Paused = true;
        }
        else
        {
            CloseDevice();
        }

        lock (_lock)
        {
            (_sampleRate, _channels) = (sampleRate, channels);
            _samples = new SampleQueue(MaxSeconds * sampleRate * channels);
            _latency = new DeviceLatency(TimeSpan.FromSeconds(BlockSeconds));
        }

        if (!fits)
        {
            Volatile.Write(ref _paused, true);
            _device = OpenDevice(sampleRate, channels);
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
            _latency.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            CloseDevice();
            _self.Free();
            _runtime.Dispose();
        }
    }

    private unsafe uint OpenDevice(int sampleRate, int channels)
    {
        var wanted = new AudioSpecification
        {
            SampleRate = sampleRate,
            Format = SdlConstants.AudioFloat,
            Channels = (byte)channels,
            Samples = (ushort)(sampleRate * BlockSeconds),
            Callback = &Fetch,
            UserData = GCHandle.ToIntPtr(_self),
        };
        var device = SdlImports.OpenAudio(0, 0, wanted, out _, 0);
        return device != 0 ? device : throw new LiveStreamException($"no sound: {SdlRuntime.Error}");
    }

    private void CloseDevice()
    {
        if (_device != 0)
        {
            SdlImports.CloseAudio(_device);
            _device = 0;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void Fetch(nint self, byte* target, int bytes)
    {
        var samples = new Span<float>(target, bytes / sizeof(float));
        if (GCHandle.FromIntPtr(self).Target is SdlAudioOutput output)
        {
            output.Fetch(samples);
        }
        else
        {
            samples.Clear();
        }
    }

    private void Fetch(Span<float> target)
    {
        int filled;
        lock (_lock)
        {
            filled = _samples.Read(target);
            _latency.Fetched(Now(), DurationOf(filled));
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
