using System.Buffers.Binary;
using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.Client.Tests.Server;

/// <summary>Decodes synthetic pictures; refuses a unit that does not follow the one before.</summary>
internal sealed class FakeVideoDecoder : IVideoDecoder
{
    private int? _last;
    private VideoConfiguration? _configuration;

    /// <summary>Pictures kept back, as a decoder that reorders keeps them.</summary>
    public int Delay { get; init; }

    public int Turn { get; set; } = 120;

    private readonly Queue<VideoFrame> _held = new();

    public int Broken { get; private set; }

    public int Configured { get; private set; }

    public Func<AccessUnit, bool> Fails { get; set; } = _ => false;

    public void Configure(VideoConfiguration configuration)
    {
        Assert.Empty(_held);
        Configured++;
        (_configuration, _last) = (configuration, null);
    }

    public void Decode(AccessUnit unit, ICollection<VideoFrame> pictures)
    {
        var number = BinaryPrimitives.ReadInt32BigEndian(unit.Payload.Span);
        var follows = unit.IsKeyframe || number == (_last + 1) % Turn;
        if (!follows || _configuration is null)
        {
            Broken++;
        }

        _last = number;
        if (Fails(unit))
        {
            throw new DecodeException("made to fail");
        }

        _held.Enqueue(VideoFrame.Rent(_configuration?.Width ?? 2, 36, unit.Pts));
        while (_held.Count > Delay)
        {
            pictures.Add(_held.Dequeue());
        }
    }

    public void Drain(ICollection<VideoFrame> pictures)
    {
        while (_held.TryDequeue(out var frame))
        {
            pictures.Add(frame);
        }
    }

    public void Reset()
    {
        _last = null;
        while (_held.TryDequeue(out var frame))
        {
            frame.Dispose();
        }
    }

    public void Dispose() => Reset();
}

/// <summary>Decodes synthetic sound into a constant.</summary>
internal sealed class FakeAudioDecoder : IAudioDecoder
{
    public void Configure(AudioConfiguration configuration)
    {
    }

    public int Decode(AccessUnit unit, Span<float> samples)
    {
        samples[..2048].Fill(0.5f);
        return 1024;
    }

    public void Reset()
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>A sound card that plays at its own speed.</summary>
internal sealed class FakeAudioOutput(TimeProvider time, double speed = 1) : IAudioOutput
{
    private readonly Lock _gate = new();
    private TimeSpan _queued;
    private TimeSpan _countedAt;
    private bool _paused = true;

    public TimeSpan Latency { get; init; }

    public int Rate { get; private set; }

    public int Underruns { get; private set; }

    public TimeSpan? FirstUnpaused { get; private set; }

    public TimeSpan Queued
    {
        get
        {
            lock (_gate)
            {
                Run();
                return _queued + Latency;
            }
        }
    }

    public bool Paused
    {
        get => _paused;
        set
        {
            lock (_gate)
            {
                Run();
                FirstUnpaused ??= value ? null : _countedAt;
                _paused = value;
            }
        }
    }

    public void Configure(int sampleRate, int channels)
    {
        Rate = sampleRate * channels;
        Clear();
        _paused = true;
    }

    public void Write(ReadOnlySpan<float> samples)
    {
        lock (_gate)
        {
            Run();
            _queued += TimeSpan.FromSeconds((double)samples.Length / Rate);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            Run();
            _queued = TimeSpan.Zero;
        }
    }

    private void Run()
    {
        var now = time.GetElapsedTime(0);
        if (!_paused)
        {
            _queued -= (now - _countedAt) * speed;
            if (_queued < TimeSpan.Zero)
            {
                Underruns++;
                _queued = TimeSpan.Zero;
            }
        }

        _countedAt = now;
    }
}

/// <summary>Notes which pictures were shown when.</summary>
internal sealed class FakeVideoOutput(TimeProvider time) : IVideoOutput
{
    private readonly Lock _gate = new();
    private readonly List<(Timestamp Pts, TimeSpan At, int Width)> _shown = [];

    public IReadOnlyList<(Timestamp Pts, TimeSpan At, int Width)> Shown
    {
        get
        {
            lock (_gate)
            {
                return [.. _shown];
            }
        }
    }

    public void Present(VideoFrame frame)
    {
        lock (_gate)
        {
            _shown.Add((frame.Pts, time.GetElapsedTime(0), frame.Width));
        }

        frame.Dispose();
    }
}
