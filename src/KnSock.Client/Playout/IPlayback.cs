using KnSock.Media;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Playout;

/// <summary>What a sink sees of the channel being played. All members may be used from any thread.</summary>
public interface IPlayback
{
    /// <summary>The clock that all waiting is done by.</summary>
    TimeProvider Time { get; }

    /// <summary>The catalog.</summary>
    IReadOnlyList<ChannelInfo> Channels { get; }

    /// <summary>The channel being played.</summary>
    ChannelInfo Channel { get; }

    /// <summary>
    /// Number of the selection being played. It changes with the channel, with each seek and each reconnection; what was decoded from units of
    /// another selection is to be thrown away.
    /// </summary>
    uint Selection { get; }

    /// <summary>Highest rate at which pictures are presented, frames a second.</summary>
    double VideoFps { get; }

    /// <summary>
    /// Whether the user stopped playout. It goes on at the same picture; a live viewer is then that much further behind the broadcast, until it
    /// selects the channel again. Without read-ahead it goes on at the live edge, or catches up with it after a short pause.
    /// </summary>
    bool Paused { get; set; }

    /// <summary>Whether the viewer is on a timeline of its own, on which it can seek; a live viewer is on the broadcast's and cannot.</summary>
    bool CanSeek { get; }

    /// <summary>
    /// Goes on at another position of the viewer's own timeline: at exactly that picture and sound, playing or paused as before. What was played
    /// before stops at once. Seeks that follow each other quickly are carried out as one, the last.
    /// </summary>
    /// <param name="position">
    /// Where; before zero means zero. The loop has no end: beyond <see cref="ChannelInfo.DurationSeconds"/> lies the next turn.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, not the seek.</param>
    /// <returns>Completes when the server has taken the seek, or another selection has taken its place.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CanSeek"/> is false.</exception>
    /// <exception cref="LiveStreamException">The connection is lost for good.</exception>
    Task SeekAsync(Timestamp position, CancellationToken cancellationToken);

    /// <summary>Changes to another channel on the same connection.</summary>
    /// <exception cref="LiveStreamException">The connection is lost for good.</exception>
    Task SelectAsync(ChannelInfo channel, CancellationToken cancellationToken);

    /// <summary>
    /// Lines of the display that the picture takes, pixels, for a sink that shows it to say; 0 where it is not seen. The server then sends nothing that is far too fine for it.
    /// Null: not known, as long as no sink says so; nothing is limited by it.
    /// </summary>
    int? WindowHeight
    {
        get => null;
        set
        {
            // A playback that has no server has nobody to tell.
        }
    }

    /// <summary>The figures of the playback so far.</summary>
    PlaybackStatistics Statistics { get; }

    /// <summary>The next unit in decoding order, if one lies ready. With its configuration where that is not the one before.</summary>
    bool TryTake(TrackKind track, out QueuedUnit unit);

    /// <summary>Completes when <see cref="TryTake"/> may succeed, at the latest after 20 ms.</summary>
    ValueTask WaitAsync(TrackKind track, CancellationToken cancellationToken);

    /// <summary>The position of playout on the viewer's timeline. Null while it has not started or is stalled or paused.</summary>
    Timestamp? Position { get; }

    /// <summary>
    /// How fast playout goes, 1 = as recorded. At the live edge it goes up to 10 % faster or 5 % slower to keep to the target delay, and a sink that plays sound
    /// stretches it by as much without changing its pitch.
    /// </summary>
    double Rate => 1;

    /// <summary>
    /// Where playout is, or where it will go on: also while it is stalled, paused or on its way to a position sought. Null before the first
    /// picture of a live channel.
    /// </summary>
    Timestamp? StandsAt { get; }

    /// <summary>
    /// Tells the clock that the first picture of a selection lies ready. A sink that takes video units before playout has started calls it,
    /// so that playout does not begin without a picture; the clock waits for it half a second at most.
    /// </summary>
    void ReportReady(uint selection);

    /// <summary>Tells the clock which instant of sound is being heard now; sound is the master.</summary>
    void ReportAudioPosition(Timestamp position);

    /// <summary>Tells the statistics that a picture was presented at the time it was due, or not presented.</summary>
    void ReportPicture(PictureOutcome outcome, Timestamp pts);

    /// <summary>Tells the statistics how long a picture took to decode.</summary>
    void ReportDecodeTime(TimeSpan time);

    /// <summary>Tells the statistics that sound was heard.</summary>
    void ReportAudioPlayed(TimeSpan duration);

    /// <summary>Adds a fault to the list that the user gets to see.</summary>
    void ReportError(string message);
}

/// <summary>What became of a picture.</summary>
public enum PictureOutcome
{
    /// <summary>It was shown.</summary>
    Presented,

    /// <summary>It was left out because it was too late.</summary>
    Late,

    /// <summary>It was left out because a picture before it is missing or damaged.</summary>
    Broken,

    /// <summary>It was left out to keep to the highest rate wanted.</summary>
    RateCapped,
}

/// <summary>A unit from a jitter buffer.</summary>
/// <param name="Unit">The unit; its times are positions on the viewer's timeline.</param>
/// <param name="Configuration">The set-up of the decoder for it; the same object for all units of a rendition.</param>
/// <param name="Discontinuity">Whether it does not continue the unit before: the decoder starts anew.</param>
public readonly record struct QueuedUnit(AccessUnit Unit, DecoderConfiguration Configuration, bool Discontinuity)
{
    /// <summary>The selection that it answers.</summary>
    public uint Selection { get; init; }

    /// <summary>
    /// Where playout of the selection starts, or last jumped to at the live edge. What ends before it is there only for the sake of what follows: it is decoded and not
    /// presented. Null: with the selection's first unit.
    /// </summary>
    public Timestamp? StartAt { get; init; }
}
