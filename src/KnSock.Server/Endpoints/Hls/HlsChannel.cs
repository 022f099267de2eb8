using KnSock.Media;
using KnSock.Server.Channels;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>A channel over HLS.</summary>
/// <remarks>
/// Players want some segments to begin with, also in the first seconds of a broadcast. What is looped has a past at any time, so here the broadcast began some turns before the channel did: frames
/// and segments are counted from there.
/// </remarks>
internal sealed class HlsChannel
{
    // More than any player begins behind the end.
    private static readonly TimeSpan LeastPast = TimeSpan.FromSeconds(30);

    private readonly ServerClock _clock;
    private readonly TimeSpan _past;

    /// <summary>Creates it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="instance">A name that no other broadcast has.</param>
    /// <param name="leases">Bounds.</param>
    /// <param name="clock">The server's clock.</param>
    /// <param name="stopping">Cancelled when nothing is served any more.</param>
    public HlsChannel(Channel channel, string instance, HlsLeases leases, ServerClock clock, CancellationToken stopping)
    {
        (Channel, _clock) = (channel, clock);
        Plan = new SegmentPlan(channel.Timeline);
        _past = Plan.WholePeriods(LeastPast);
        Broadcast = new BroadcastIdentity(instance, clock.Provider.GetUtcNow() - LivePosition.SinceZero);
        Video = [.. channel.VideoTracks.Select(t => new HlsTrack(this, t, leases, clock, stopping))];
        Audio = new HlsTrack(this, channel.AudioTrack, leases, clock, stopping);
    }

    public Channel Channel { get; }

    public BroadcastIdentity Broadcast { get; }

    public SegmentPlan Plan { get; }

    /// <summary>The rungs, lowest first.</summary>
    public IReadOnlyList<HlsTrack> Video { get; }

    public HlsTrack Audio { get; }

    /// <summary>Frames that lie before the live edge.</summary>
    public long LiveFrame => Channel.Timeline.FrameRate.FrameAt(Timestamp.Max(LivePosition, Timestamp.Zero));

    private Timestamp LivePosition => Channel.LivePosition(_clock.Now) + _past;

    /// <summary>The rendition of a name as it stands in addresses. Null: there is none, or it is withdrawn.</summary>
    public HlsTrack? Find(string name) => name switch
    {
        "audio" => Audio,
        _ when HlsNumbers.TryRead(name, out var rung) && rung < Video.Count && IsOffered((int)rung) => Video[(int)rung],
        _ => null,
    };

    /// <summary>Whether a rung is not withdrawn at present.</summary>
    public bool IsOffered(int rung) => Channel.Withdrawn?[rung] is null;

    /// <summary>The multivariant playlist.</summary>
    public string Multivariant() => MultivariantPlaylist.Write(
        Plan,
        [.. Channel.Ladder.Video.Where(r => IsOffered(r.Index)).Select(r => (r, CodecNames.Of(Channel.VideoTracks[r.Index], Channel.Media.Source)))],
        Channel.Ladder.Audio);

    /// <summary>The playlist of a rendition.</summary>
    public string Playlist(HlsTrack track, Listing listing) => new MediaPlaylist
    {
        Plan = Plan,
        Kind = track.Kind,
        Broadcast = Broadcast,
        Listing = listing,
        Others =
        [
            .. Channel.Ladder.Video.Where(r => IsOffered(r.Index) && track.Track.Rendition != r).Select(r => $"../{r.Index}/index.m3u8"),
            .. track.Kind == TrackKind.Video ? (string[])["../audio/index.m3u8"] : [],
        ],
    }.Write();

    /// <summary>Time until the live edge reaches a frame; zero: it has.</summary>
    public TimeSpan Until(long frame)
    {
        var left = Channel.Timeline.FrameRate.StartOf(frame) - LivePosition;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
