using KnSock.Client.Playout;
using KnSock.Player;
using KnSock.Testing.LipSync;

namespace KnSock.EndToEnd.Tests;

/// <summary>When flashes were seen and beeps were heard in what a sink received.</summary>
internal sealed class Measurement
{
    private readonly Lock _lock = new();
    private readonly FlashDetector _flashes = new();
    private readonly BeepDetector _beeps = new();
    private TimeSpan? _end;

    public IReadOnlyList<TimeSpan> Flashes => _flashes.Onsets;

    public IReadOnlyList<TimeSpan> Beeps => _beeps.Onsets;

    public void Add(VideoFrame frame)
    {
        using (frame)
        {
            lock (_lock)
            {
                _flashes.Add(frame.Y, TimeProvider.System.GetElapsedTime(0));
            }
        }
    }

    public void Add(HeardSound sound)
    {
        lock (_lock)
        {
            var time = TimeProvider.System.GetElapsedTime(0, sound.HeardAt);
            // Pieces follow one another without a gap; their times tremble by less than the clock of a sound card does.
            var start = _end is { } end && (time - end).Duration() < TimeSpan.FromMilliseconds(1) ? end : time;
            _beeps.Add(sound.Samples, sound.Channels, sound.SampleRate, start);
            _end = start + TimeSpan.FromSeconds((double)sound.Samples.Length / sound.Channels / sound.SampleRate);
        }
    }
}
