using System.Collections.Concurrent;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Playing;

/// <summary>What a branch sees of a playback: copies of its units, and nothing of it that could be disturbed.</summary>
internal sealed class BranchPlayback(IPlayback playback, Action<string> notice) : IPlayback
{
    // About half a minute of sound and more of picture: a disk that hangs for longer has lost.
    private const int MaxWaiting = 1500;

    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<QueuedUnit> _video = new();
    private readonly ConcurrentQueue<QueuedUnit> _audio = new();
    private bool _failed;

    /// <inheritdoc/>
    public TimeProvider Time => playback.Time;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelInfo> Channels => playback.Channels;

    /// <inheritdoc/>
    public ChannelInfo Channel => playback.Channel;

    /// <inheritdoc/>
    public uint Selection => playback.Selection;

    /// <inheritdoc/>
    public double VideoFps => playback.VideoFps;

    /// <inheritdoc/>
    public bool Paused
    {
        get => playback.Paused;
        set => throw new NotSupportedException("a branch does not control the playback");
    }

    /// <inheritdoc/>
    public PlaybackStatistics Statistics => playback.Statistics;

    /// <inheritdoc/>
    public Timestamp? Position => playback.Position;

    /// <inheritdoc/>
    public Timestamp? StandsAt => playback.StandsAt;

    /// <inheritdoc/>
    public bool CanSeek => false;

    /// <inheritdoc/>
    public Task SeekAsync(Timestamp position, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("a branch does not control the playback");

    /// <summary>Why the branch gets nothing more. Null: it does.</summary>
    public string? Failure { get; private set; }

    /// <summary>Adds a copy of a unit. A branch that does not keep up fails, as a recording with holes is none.</summary>
    public void Add(TrackKind track, QueuedUnit unit)
    {
        if (_failed)
        {
            return;
        }

        if (QueueOf(track).Count >= MaxWaiting)
        {
            Fail("the disk does not keep up");
            return;
        }

        QueueOf(track).Enqueue(unit);
    }

    /// <summary>Ends the branch and tells the user.</summary>
    public void Fail(string reason)
    {
        if (!Interlocked.Exchange(ref _failed, true))
        {
            Failure = $"the recording ended: {reason}";
            playback.ReportError(Failure);
            notice(Failure);
        }

        _video.Clear();
        _audio.Clear();
    }

    /// <inheritdoc/>
    public bool TryTake(TrackKind track, out QueuedUnit unit) => QueueOf(track).TryDequeue(out unit);

    /// <inheritdoc/>
    public async ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken)
    {
        if (QueueOf(track).IsEmpty)
        {
            await Task.Delay(Nap, Time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken) =>
        throw new NotSupportedException("a branch does not control the playback");

    /// <inheritdoc/>
    public void ReportError(string message) => playback.ReportError(message);

    /// <inheritdoc/>
    public void ReportReady(uint selection)
    {
        // What is presented is for the main sink to report; so are the four below.
    }

    /// <inheritdoc/>
    public void ReportAudioPosition(Timestamp position)
    {
    }

    /// <inheritdoc/>
    public void ReportPicture(PictureOutcome outcome, Timestamp pts)
    {
    }

    /// <inheritdoc/>
    public void ReportDecodeTime(TimeSpan time)
    {
    }

    /// <inheritdoc/>
    public void ReportAudioPlayed(TimeSpan duration)
    {
    }

    private ConcurrentQueue<QueuedUnit> QueueOf(TrackKind track) => track == TrackKind.Video ? _video : _audio;
}
