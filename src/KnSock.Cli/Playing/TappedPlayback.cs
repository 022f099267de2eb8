using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Playing;

/// <summary>A playback of which each unit that is taken also goes to a branch.</summary>
internal sealed class TappedPlayback(IPlayback playback, BranchPlayback branch) : IPlayback
{
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
        set => playback.Paused = value;
    }

    /// <inheritdoc/>
    public int? WindowHeight
    {
        get => playback.WindowHeight;
        set => playback.WindowHeight = value;
    }

    /// <inheritdoc/>
    public PlaybackStatistics Statistics => playback.Statistics;

    /// <inheritdoc/>
    public Timestamp? Position => playback.Position;

    /// <inheritdoc/>
    public double Rate => playback.Rate;

    /// <inheritdoc/>
    public Timestamp? StandsAt => playback.StandsAt;

    /// <inheritdoc/>
    public bool CanSeek => playback.CanSeek;

    /// <inheritdoc/>
    public Task SeekAsync(Timestamp position, CancellationToken cancellationToken) => playback.SeekAsync(position, cancellationToken);

    /// <inheritdoc/>
    public bool TryTake(TrackKind track, out QueuedUnit unit)
    {
        var taken = playback.TryTake(track, out unit);
        if (taken)
        {
            branch.Add(track, unit);
        }

        return taken;
    }

    /// <inheritdoc/>
    public Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken) => playback.SelectAsync(channel, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken) => playback.WaitAsync(track, cancellationToken);

    /// <inheritdoc/>
    public void ReportReady(uint selection) => playback.ReportReady(selection);

    /// <inheritdoc/>
    public void ReportAudioPosition(Timestamp position) => playback.ReportAudioPosition(position);

    /// <inheritdoc/>
    public void ReportPicture(PictureOutcome outcome, Timestamp pts) => playback.ReportPicture(outcome, pts);

    /// <inheritdoc/>
    public void ReportDecodeTime(TimeSpan time) => playback.ReportDecodeTime(time);

    /// <inheritdoc/>
    public void ReportAudioPlayed(TimeSpan duration) => playback.ReportAudioPlayed(duration);

    /// <inheritdoc/>
    public void ReportError(string message) => playback.ReportError(message);
}
