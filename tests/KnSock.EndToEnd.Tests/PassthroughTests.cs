using System.Text.Json;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A source that is its own top rung, among rungs that are encoded.</summary>
[Collection(nameof(Alone))]
public class PassthroughTests
{
    [Fact]
    public async Task The_source_itself_plays_over_the_seam()
    {
        await using var server = await TestServer.StartAsync(TestVideos.ShortGops);
        var channel = Assert.Single(await server.ChannelsAsync());
        var rungs = channel.GetProperty("renditions").EnumerateArray().ToList();
        Assert.Equal("the top rung is the source itself: H.264 with keyframes at most 1.5 s apart", channel.GetProperty("encoding").GetString());
        Assert.Equal([.. rungs.SkipLast(1).Select(_ => false), true], rungs.Select(r => r.TryGetProperty("passthrough", out var p) && p.ValueKind == JsonValueKind.True));

        // The loop is 12 s long.
        var figures = await server.PlayAsync(15);

        figures.AssertSmooth(15, 15 * 28);
        Assert.Equal(rungs[^1].GetProperty("name").GetString(), figures.Renditions[^1]);
    }

    [Fact]
    public async Task Of_others_it_is_said_why_they_are_encoded()
    {
        await using var server = await TestServer.StartAsync(TestVideos.HevcAc3, TestVideos.Short);
        var channels = await server.ChannelsAsync();

        Assert.Equal("all rungs are encoded: the picture is coded as hevc, not as H.264", channels[0].GetProperty("encoding").GetString());
        Assert.Equal("all rungs are encoded: keyframes are more than 2 s apart (first at 0:00:00)", channels[1].GetProperty("encoding").GetString());
        Assert.Contains(server.Process.Error, line => line.Contains("short-3s.mp4: all rungs are encoded", StringComparison.Ordinal));
    }
}
