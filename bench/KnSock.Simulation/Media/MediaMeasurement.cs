using KnSock.Media;

namespace KnSock.Simulation.Media;

/// <summary>Finds out what a video weighs, by having the production server's encoder make all its rungs.</summary>
internal static class MediaMeasurement
{
    /// <summary>Encodes a video in all rungs of its ladder and keeps the sizes.</summary>
    /// <exception cref="SimulationException">It cannot be encoded.</exception>
    public static async Task<MediaSizes> MeasureAsync(string path, CancellationToken cancellationToken) =>
        SizesOf(await EncodedMedia.EncodeAsync(path, cancellationToken));

    /// <summary>The sizes of what was encoded.</summary>
    public static MediaSizes SizesOf(EncodedMedia media) => new()
    {
        FrameRate = media.Timeline.FrameRate,
        GopFrames = media.Timeline.GopFrames!.Value,
        Rungs = [.. media.Ladder.Video.Select(r => RungOf(r, media))],
        SoundBitsPerSecond = media.Ladder.Audio.BitsPerSecond,
        Sound = [.. media.Sound.Select(u => u.Unit.Payload.Length)],
    };

    private static RungSizes RungOf(VideoRendition rendition, EncodedMedia media) => new()
    {
        Name = rendition.Name,
        Width = rendition.Width,
        Height = rendition.Height,
        BitsPerSecond = rendition.BitsPerSecond,
        Pictures =
        [
            .. media.Pictures[rendition.Index].Select(u =>
                new PictureSize(u.Unit.Payload.Length, (int)(media.Timeline.FrameRate.FrameAt(u.Unit.Pts) - u.Unit.Sequence))),
        ],
    };
}
