using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Sources;

namespace KnSock.Server.Channels;

/// <summary>One video on offer: a broadcast on a monotonic timeline that never ends, looping its source.</summary>
internal sealed class Channel
{
    private readonly IReadOnlyList<TrackFeeder> _feeders;

    public Channel(int index, ChannelMedia media, IReadOnlyList<TrackFeeder> feeders, Timestamp epoch)
    {
        (Media, _feeders, Epoch) = (media, feeders, epoch);
        var (source, timeline, ladder) = (media.Source, media.Timeline, media.Ladder);
        Info = new ChannelInfo
        {
            Index = index,
            Name = media.Name,
            Title = source.Title,
            DurationSeconds = timeline.Duration.TotalSeconds,
            Width = ladder.Top.Width,
            Height = ladder.Top.Height,
            FrameRate = timeline.FrameRate.PerSecond,
            HasAudio = source.HasAudio,
            Encoding = EncodingNote.For(source),
            Renditions = [.. ladder.Video.Select(r => new RenditionInfo
            {
                Index = r.Index,
                Name = r.Name,
                Width = r.Width,
                Height = r.Height,
                BitsPerSecond = r.BitsPerSecond + ladder.Audio.BitsPerSecond,
                Passthrough = r.IsPassthrough ? true : null,
            })],
        };
    }

    public ChannelInfo Info { get; }

    public ChannelMedia Media { get; }

    public LoopTimeline Timeline => Media.Timeline;

    public Ladder Ladder => Media.Ladder;

    /// <summary>The server's clock at the channel's zero.</summary>
    public Timestamp Epoch { get; }

    /// <summary>The rungs, lowest first.</summary>
    public IReadOnlyList<RenditionTrack> VideoTracks => Media.Video;

    public RenditionTrack AudioTrack => Media.Audio;

    /// <summary>Where the broadcast is on the channel's timeline.</summary>
    public Timestamp LivePosition(Timestamp now) => new(now.Microseconds - Epoch.Microseconds);

    /// <summary>Feeds the tracks until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_feeders.Select(f => f.RunAsync(cancellationToken)));
}
