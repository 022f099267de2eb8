using System.Net;
using System.Text.RegularExpressions;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>What is answered over HTTP, on virtual time. The loop is 10 s in GOPs of 1 s; segments are 2 s, and that at the channel's zero is number 86415.</summary>
public partial class HlsEndpointsTests
{
    private const long First = 86_415;

    [Fact]
    public async Task EverythingThatAPlaylistListsCanBeHadAndIsCachedForLong()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 25.5);
        foreach (var line in (await site.LinesAsync("0/index.m3u8")).Where(l => !l.StartsWith('#')).Append("audio/index.m3u8"))
        {
            var folder = line.Split('/')[0];
            var playlist = await site.LinesAsync($"0/{line}");
            Assert.Contains($"#EXT-X-MEDIA-SEQUENCE:{First + 8}", playlist, StringComparer.Ordinal);
            Assert.Equal(4, playlist.Count(l => l.StartsWith("#EXTINF:", StringComparison.Ordinal)));
            var media = playlist.Where(l => !l.StartsWith("#EXT-X-PRELOAD", StringComparison.Ordinal)).SelectMany(l => Address().Matches(l).Select(m => m.Value)).ToList();
            Assert.True(media.Count > 15, string.Join('\n', playlist));
            foreach (var address in media)
            {
                using var response = await site.GetAsync($"0/{folder}/{address}");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Equal("public, max-age=3600, immutable", string.Join(", ", response.Headers.GetValues("Cache-Control")));
                Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
                Assert.Equal(folder == "audio" ? "audio/mp4" : "video/mp4", response.Content.Headers.ContentType!.MediaType);
                var bytes = await response.Content.ReadAsByteArrayAsync();
                Assert.Equal(bytes.Length, response.Content.Headers.ContentLength);
                Assert.NotEmpty(address.EndsWith(".m4s", StringComparison.Ordinal) ? ReadFragment.All(bytes).Cast<object>() : [bytes]);
                using var head = await site.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri($"0/{folder}/{address}", UriKind.Relative)));
                Assert.Equal((HttpStatusCode.OK, (long?)bytes.Length), (head.StatusCode, head.Content.Headers.ContentLength));
            }
        }
    }

    [Fact]
    public async Task ABroadcastThatHasJustBegunHasAPast()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 0.1);
        var lines = await site.LinesAsync("0/audio/index.m3u8");

        Assert.Equal(TimeSpan.FromSeconds(0.1), site.Channel.Time.Now);
        Assert.Contains($"#EXT-X-MEDIA-SEQUENCE:{First - 4}", lines, StringComparer.Ordinal);
        Assert.Equal(4, lines.Count(l => l.StartsWith("#EXTINF:", StringComparison.Ordinal)));
        // It is the end of the loop.
        Assert.Equal(2, site.Channel.Encoders[2].Starts.First());
        Assert.Equal(HttpStatusCode.OK, await site.StatusAsync($"0/audio/{Address().Match(lines.First(l => l.Contains(".m4s", StringComparison.Ordinal))).Value}"));
    }

    [Fact]
    public async Task AColdRungIsEncodedWhenItIsAskedForAndNoLongerThanSomebodyAsks()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 25.5);
        await site.LinesAsync("0/index.m3u8");
        Assert.All(site.Channel.Encoders, e => Assert.Empty(e.Starts));

        await site.LinesAsync("0/1/index.m3u8");
        Assert.True(site.Channel.High.IsRead);
        Assert.False(site.Channel.Low.IsRead || site.Channel.Channel.AudioTrack.IsRead);
        // From four segments before the live edge on, over the seam of the loop.
        Assert.Equal(6, site.Channel.Encoders[1].Starts.First());

        for (var i = 0; i < 3; i++)
        {
            await site.UntilAsync(() => site.Channel.Time.Now > TimeSpan.FromSeconds(25.5 + (6 * (i + 1))), stepMs: 50);
            await site.LinesAsync("0/1/index.m3u8");
            Assert.True(site.Channel.High.IsRead);
        }

        var left = await site.UntilAsync(() => !site.Channel.High.IsRead, stepMs: 50);
        Assert.InRange(left.TotalSeconds, 9.9, 12);
    }

    [Fact]
    public async Task ARungThatNothingComesOfIsRefusedAfterAWhile()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 20);
        site.Channel.Encoders[0].BeforeUnit = static (_, _) => throw new InvalidOperationException("no such luck");
        var asked = site.GetAsync("0/0/index.m3u8");
        var waited = await site.UntilAsync(() => asked.IsCompleted, stepMs: 50);

        using var response = await asked;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("Retry-After")));
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.InRange(waited.TotalSeconds, 9.5, 20);
    }

    [Fact]
    public async Task AReloadIsAnsweredWhenThePartIsThere()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 25.5);
        var before = await site.LinesAsync("0/0/index.m3u8");
        Assert.Contains(before, l => l.StartsWith("#EXT-X-PRELOAD-HINT", StringComparison.Ordinal) && l.Contains($"/{First + 12}/4.m4s", StringComparison.Ordinal));
        var hint = Address().Match(before.First(l => l.StartsWith("#EXT-X-PRELOAD-HINT", StringComparison.Ordinal))).Value;

        var playlist = site.GetAsync($"0/0/index.m3u8?_HLS_msn={First + 12}&_HLS_part=4");
        var part = site.GetAsync($"0/0/{hint}");
        await Task.Delay(50);
        Assert.False(playlist.IsCompleted || part.IsCompleted);
        await site.UntilAsync(() => playlist.IsCompleted && part.IsCompleted, stepMs: 5);

        // The part is that of 25.333 to 25.667 s.
        Assert.InRange(site.Channel.Time.Now.TotalSeconds, 25.667, 25.9);
        using var response = await playlist;
        Assert.Equal("public, max-age=6", response.Headers.CacheControl!.ToString());
        var lines = await response.Content.ReadAsStringAsync();
        Assert.Contains($"URI=\"{hint}\"\n#EXT-X-PRELOAD-HINT", lines, StringComparison.Ordinal);
        using var media = await part;
        Assert.Equal(10, Assert.Single(ReadFragment.All(await media.Content.ReadAsByteArrayAsync())).Samples.Count);

        // A whole segment, and what was there long ago.
        var segment = site.GetAsync($"0/0/index.m3u8?_HLS_msn={First + 12}");
        await site.UntilAsync(() => segment.IsCompleted);
        Assert.InRange(site.Channel.Time.Now.TotalSeconds, 26, 26.5);
        (await segment).Dispose();
        Assert.Equal(HttpStatusCode.OK, await site.StatusAsync($"0/0/index.m3u8?_HLS_msn={First + 3}&_HLS_part=0"));
    }

    [Theory]
    [InlineData("0/0/index.m3u8?_HLS_msn=86429", 400)]
    [InlineData("0/0/index.m3u8?_HLS_msn=99999999999999999999", 400)]
    [InlineData("0/0/index.m3u8?_HLS_part=1", 400)]
    [InlineData("0/0/index.m3u8?_HLS_msn=a&_HLS_part=1", 400)]
    [InlineData("1/index.m3u8", 404)]
    [InlineData("-1/index.m3u8", 404)]
    [InlineData("00/index.m3u8", 404)]
    [InlineData("99999999999999999999/index.m3u8", 404)]
    [InlineData("0/2/index.m3u8", 404)]
    [InlineData("0/00/index.m3u8", 404)]
    [InlineData("0/video/index.m3u8", 404)]
    [InlineData("0/..%2F..%2F0/index.m3u8", 404)]
    [InlineData("0/0/{0}/86427.m4s", 404)]
    [InlineData("0/0/{0}/86427/5.m4s", 404)]
    [InlineData("0/0/{0}/86426/6.m4s", 404)]
    [InlineData("0/0/{0}/86426/-1.m4s", 404)]
    [InlineData("0/0/{0}/086426.m4s", 404)]
    [InlineData("0/0/{0}/86399.m4s", 404)]
    [InlineData("0/0/{0}/99999999999999999999.m4s", 404)]
    [InlineData("0/0/{0}/%2e%2e%2f86426.m4s", 404)]
    [InlineData("0/0/{0}/x.m4s", 404)]
    [InlineData("0/0/another/86426.m4s", 404)]
    [InlineData("0/0/another/init.mp4", 404)]
    [InlineData("0/0/{0}/86426.m4s", 200)]
    public async Task WhatIsNotThereIsRefusedAtOnce(string path, int status)
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 24.5);
        using var response = await site.GetAsync(path.Replace("{0}", await InstanceAsync(site), StringComparison.Ordinal));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("*", Assert.Single(response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins : ["*"]));
        Assert.True(status == 200 || response.Headers.CacheControl is null or { NoStore: true });
    }

    [Fact]
    public async Task WhatIsLongGoneIsNotThereAnyMoreButWhatWasListedAWhileAgoIs()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 100.5);
        var instance = await InstanceAsync(site);
        Assert.Equal(HttpStatusCode.OK, await site.StatusAsync($"0/0/{instance}/{First + 50 - 24}.m4s"));
        Assert.Equal(HttpStatusCode.NotFound, await site.StatusAsync($"0/0/{instance}/{First + 50 - 25}.m4s"));
    }

    [Fact]
    public async Task ARungThatIsWithdrawnIsLeftOut()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 25);
        site.Channel.Channel.Withdraw(1, "too slow");
        Assert.DoesNotContain("1/index.m3u8", await site.LinesAsync("0/index.m3u8"), StringComparer.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await site.StatusAsync("0/1/index.m3u8"));
        Assert.DoesNotContain(await site.LinesAsync("0/0/index.m3u8"), l => l.Contains("../1/", StringComparison.Ordinal));
        site.Channel.Channel.Withdraw(1, reason: null);
        Assert.Contains("1/index.m3u8", await site.LinesAsync("0/index.m3u8"), StringComparer.Ordinal);
    }

    [Fact]
    public async Task AServerThatDoesNotRunOrStopsSaysSo()
    {
        await using var site = await HlsSite.StartAsync(liveSeconds: 25);
        await site.LinesAsync("0/0/index.m3u8");
        var waiting = site.GetAsync($"0/0/index.m3u8?_HLS_msn={First + 12}&_HLS_part=4");
        await Task.Delay(50);
        await site.StopWaitingAsync();
        using var response = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        site.IsRunning = false;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await site.StatusAsync("0/index.m3u8"));
    }

    private static async Task<string> InstanceAsync(HlsSite site) =>
        Address().Match((await site.LinesAsync("0/0/index.m3u8")).First(l => l.StartsWith("#EXT-X-MAP", StringComparison.Ordinal))).Value.Split('/')[0];

    [GeneratedRegex("[0-9a-f]{12}/[0-9a-z/]+\\.(m4s|mp4)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
