using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sources;

/// <summary>The rungs of JPEG pictures.</summary>
public sealed class JpegLadderTests
{
    [Fact]
    public void TheLargestSizeHasAllQualitiesAndTheSmallerOnesTheLowest() => Assert.Equal(
        "426x240 40, 640x360 40, 854x480 40, 1280x720 40, 1280x720 60, 1280x720 75, 1280x720 90", Of(Make.Video(1920, 1080)));

    [Fact]
    public void ASmallSourceIsNotScaledUp() => Assert.Equal("160x90 40, 160x90 60, 160x90 75, 160x90 90", Of(Make.Video(160, 90)));

    [Fact]
    public void WhereOnlyLargeSizesAreOfferedTheSmallestIsTaken() =>
        Assert.Equal("1920x1080 40, 1920x1080 60, 1920x1080 75, 1920x1080 90", Of(Make.Video(1920, 1080), new LadderOptions { Heights = [1080] }));

    [Fact]
    public void RungsAreNumberedAndRise()
    {
        var rungs = JpegLadder.Derive(LadderDerivation.Derive(Make.Video(1920, 1080), new LadderOptions()));

        Assert.Equal(Enumerable.Range(0, rungs.Count), rungs.Select(r => r.Index));
        Assert.Equal(rungs.Select(r => r.BitsPerSecond).Order(), rungs.Select(r => r.BitsPerSecond));
        Assert.Equal("720p-jpeg-90", rungs[^1].Name);
        Assert.All(rungs, r => Assert.Equal(TrackKind.Video, r.Kind));
    }

    private static string Of(VideoStream video, LadderOptions? options = null) =>
        string.Join(", ", JpegLadder.Derive(LadderDerivation.Derive(video, options ?? new LadderOptions())).Select(r => $"{r.Width}x{r.Height} {r.Quality}"));
}
