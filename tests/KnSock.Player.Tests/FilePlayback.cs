using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Player.Tests;

/// <summary>Plays encoded tracks as if they came from a server: playout starts when the first picture lies ready.</summary>
internal sealed class FilePlayback(TimeProvider time, Encoded video, Encoded audio) : IPlayback
{
    private readonly FakePlayback _rest = new(time);
    private readonly Lock _lock = new();
    private readonly Dictionary<TrackKind, int> _next = new() { [TrackKind.Video] = 0, [TrackKind.Audio] = 0 };
    private long _started;
    private bool _isStarted;

    public TimeProvider Time => time;

    public IReadOnlyList<ChannelInfo> Channels => _rest.Channels;

    public ChannelInfo Channel => _rest.Channel;

    public uint Selection => 1;

    public double VideoFps => 60;

    public bool Paused { get; set; }

    public PlaybackStatistics Statistics => _rest.Statistics;

    public List<string> Errors => _rest.Errors;

    public List<(PictureOutcome Outcome, Timestamp Pts)> Pictures { get; } = [];

    public Timestamp? Position
    {
        get
        {
            lock (_lock)
            {
                return _isStarted && !Paused ? Timestamp.FromTimeSpan(time.GetElapsedTime(_started)) : null;
            }
        }
    }

    public Timestamp? StandsAt => Position;

    public bool CanSeek => false;

    public Task SeekAsync(Timestamp position, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken) => _rest.SelectAsync(channel, cancellationToken);

    public bool TryTake(TrackKind track, out QueuedUnit unit)
    {
        lock (_lock)
        {
            var encoded = track == TrackKind.Video ? video : audio;
            var index = _next[track];
            if (index == encoded.Units.Count)
            {
                unit = default;
                return false;
            }

            _next[track]++;
            unit = new QueuedUnit(encoded.Units[index], encoded.Configuration, index == 0) { Selection = 1 };
            return true;
        }
    }

    public ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken) => _rest.WaitAsync(track, cancellationToken);

    public void ReportReady(uint selection)
    {
        lock (_lock)
        {
            if (selection == 1 && !_isStarted)
            {
                (_isStarted, _started) = (true, time.GetTimestamp());
            }
        }
    }

    public void ReportAudioPosition(Timestamp position)
    {
    }

    public void ReportPicture(PictureOutcome outcome, Timestamp pts)
    {
        lock (_lock)
        {
            Pictures.Add((outcome, pts));
        }
    }

    public void ReportDecodeTime(TimeSpan time)
    {
    }

    public void ReportAudioPlayed(TimeSpan duration)
    {
    }

    public void ReportError(string message) => _rest.ReportError(message);
}
