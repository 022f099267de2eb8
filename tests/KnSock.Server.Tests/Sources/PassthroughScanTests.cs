using KnSock.Server.Sources;
using KnSock.Server.Tests.Encoding;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Sources;

/// <summary>Real files under the real ffmpeg.</summary>
public sealed class PassthroughScanTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("cuts.mp4", 180, 2)]
    [InlineData("cuts.mkv", 144, 2)]
    [InlineData("cuts-ntsc.mp4", 360, 2)]
    [InlineData("cuts-3-b.mp4", 150, 2)]
    [InlineData("all-keyframes.mp4", 90, 0)]
    [InlineData("fast.mp4", 360, 0)]
    public async Task SourcesWithShortGopsArePassedThrough(string name, long frames, int deepest)
    {
        var source = await videos.ExamineAsync(name);

        Assert.Null(source.PassthroughRefusal);
        Assert.Equal(frames, source.Passthrough!.FrameCount);
        Assert.InRange(source.Passthrough.ReorderDepth, 0, deepest);
        Assert.InRange(source.Passthrough.BitsPerSecond, 10_000, 4_000_000);
        Assert.InRange(source.Passthrough.GopStarts.Count, 3, 12);
    }

    [Theory]
    [InlineData("film.mkv", null)]
    [InlineData("b-frames.mp4", "keyframes are more than 2 s apart (first at 0:00:00)")]
    [InlineData("variable.mkv", "frames are not evenly spaced")]
    [InlineData("held.mkv", "frames are not evenly spaced")]
    [InlineData("late-picture.mkv", "the picture begins 0.7 s after the sound")]
    [InlineData("program.ts", "the picture is coded as mpeg2video, not as H.264")]
    [InlineData("open-gops.mp4", "GOPs are open")]
    [InlineData("refresh.mp4", "GOPs are open")]
    [InlineData("interlaced.mp4", "the picture is interlaced")]
    [InlineData("ten-bit.mp4", "its pixels are yuv420p10le, not 8-bit 4:2:0")]
    [InlineData("wide-pixels.mp4", "pixels are not square")]
    [InlineData("quick.mp4", "its frame rate of 120 is above 60")]
    [InlineData("h264.ts", "its container is neither MP4 nor Matroska")]
    [InlineData("h264.avi", "its container is neither MP4 nor Matroska")]
    public async Task OthersAreEncodedAndItIsSaidWhy(string name, string? refusal)
    {
        var source = await videos.ExamineAsync(name);

        Assert.Equal(refusal is null, source.Passthrough is not null);
        Assert.StartsWith(refusal ?? "", source.PassthroughRefusal ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("packets are damaged or cut out by an edit list", "-ss 0.8 -i cuts.mp4 -c copy")]
    [InlineData("the decoder's set-up changes within the film", "-f concat -safe 0 -i list.txt -c copy")]
    public async Task FilesThatWereCutOrJoinedWithoutEncodingAreExamined(string refusal, string arguments)
    {
        var folder = Directory.CreateTempSubdirectory("knsock-joined-");
        try
        {
            var (cuts, fast) = (await videos.PathOfAsync("cuts.mp4"), await videos.PathOfAsync("click-aac.mp4"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "list.txt"), $"file '{cuts}'\nfile '{fast}'\n");
            var made = Path.Combine(folder.FullName, "made.mp4");
            arguments = arguments.Replace("cuts.mp4", cuts, StringComparison.Ordinal).Replace("list.txt", Path.Combine(folder.FullName, "list.txt"), StringComparison.Ordinal);
            await Command.RunAsync("ffmpeg", ["-v", "error", .. arguments.Split(' '), made]);

            Assert.Equal(refusal, (await SmallVideos.ExamineFileAsync(made)).PassthroughRefusal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task AFileThatCannotBeReadInTimeIsEncoded()
    {
        using var script = new ChildScript("exec sleep 100");
        var time = new KnSock.Testing.ManualTimeProvider();
        var scan = new PassthroughScan(script.Tools, TimeSpan.FromSeconds(20), new ServerClock(time), new LadderOptions());
        var examining = scan.ExamineAsync(await videos.ProbeAsync("cuts.mp4"), CancellationToken.None);
        await script.StartedAsync();

        time.Advance(TimeSpan.FromSeconds(21));

        Assert.Equal("its packets could not all be read within 20 s", (await examining).PassthroughRefusal);
        Assert.False(script.IsAlive);
    }

    [Fact]
    public async Task AnFfmpegThatFailsMakesNoPassthrough()
    {
        using var script = new ChildScript("echo 'no such filter' >&2; exit 1");
        var scan = new PassthroughScan(script.Tools, TimeSpan.FromSeconds(20), new ServerClock(new KnSock.Testing.ManualTimeProvider()), new LadderOptions());
        var source = await scan.ExamineAsync(await videos.ProbeAsync("cuts.mp4"), CancellationToken.None);

        Assert.Null(source.Passthrough);
        Assert.Contains("no such filter", source.PassthroughRefusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItCanBeSwitchedOff()
    {
        var source = await videos.ProbeAsync("cuts.mp4");

        Assert.Contains("switched off", PassthroughRule.RefusalOf(source, new LadderOptions { Passthrough = false }), StringComparison.Ordinal);
        Assert.Contains("above the highest rung of 72p", PassthroughRule.RefusalOf(source, new LadderOptions { Heights = [72] }), StringComparison.Ordinal);
        Assert.Contains("48.0 Mbit/s is above 40.0", PassthroughRule.RefusalOfRate(48_000_000), StringComparison.Ordinal);
        Assert.Null(PassthroughRule.RefusalOfRate(39_000_000));
    }
}
