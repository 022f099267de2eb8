using KnSock.Media;
using KnSock.Protocol.Legacy;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection.Legacy;

/// <summary>What can be said of the channels of a kn-sock server: their names, and of the one that is played what was seen of it.</summary>
internal static class LegacyCatalog
{
    /// <summary>The set-up of the sound of all of them.</summary>
    public static AudioConfiguration Sound { get; } = new()
    {
        Codec = AudioConfiguration.Pcm,
        Setup = ReadOnlyMemory<byte>.Empty,
        SampleRate = LegacyAudioFrame.SampleRate,
        Channels = LegacyAudioFrame.Channels,
    };

    /// <summary>The channels as the greeting has them; lengths, sizes and rates that it does not tell are 0.</summary>
    public static IReadOnlyList<ChannelInfo> Of(IReadOnlyList<string> names) =>
    [
        .. names.Select((name, index) => new ChannelInfo
        {
            Index = index,
            Name = name,
            Title = name,
            DurationSeconds = 0,
            Width = 0,
            Height = 0,
            FrameRate = 0,
            HasAudio = true,
            Encoding = "JPEG pictures and uncompressed sound of a kn-sock server; sizes and rates are seen when it is played",
            Renditions = [],
        }),
    ];

    /// <summary>A channel of which pictures of these sizes came, the last one last.</summary>
    public static ChannelInfo Seen(ChannelInfo channel, IReadOnlyList<VideoConfiguration> sizes, double frameRate, long bitsPerSecond) => channel with
    {
        Width = sizes[^1].Width,
        Height = sizes[^1].Height,
        FrameRate = frameRate,
        Renditions =
        [
            .. sizes.Select((size, index) => new RenditionInfo
            {
                Index = index,
                Name = $"{Math.Min(size.Width, size.Height)}p",
                Width = size.Width,
                Height = size.Height,
                BitsPerSecond = (int)Math.Min(bitsPerSecond, int.MaxValue),
            }),
        ],
    };
}
