using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Native;
using KnSock.Server.Tests.Endpoints.WebSockets;
using KnSock.Server.Tests.Sessions;

namespace KnSock.Server.Tests.Endpoints.Http;

/// <summary>Channels are added, renamed and removed over HTTP while viewers watch.</summary>
public sealed class ChannelChangesTests(SmallVideos videos) : IClassFixture<SmallVideos>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task AChannelComesIsRenamedGoesAndComesAgainWhileAnotherIsWatched()
    {
        File.Copy(await videos.PathOfAsync("plain.mp4"), Path.Combine(_folder, "more.mp4"));
        await using var serving = await StartAsync();
        using var http = new HttpClient { BaseAddress = serving.Address };
        using var undisturbed = await TestViewer.ConnectAsync(serving.Running.Server);
        await undisturbed.PlayAsync();
        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        Assert.Equal("more.mp4", (string?)JsonNode.Parse(await http.GetStringAsync("/api/media"))!["files"]!.AsArray().Single());

        using var added = await http.PostAsJsonAsync("/api/channels", new { file = "more.mp4" });
        Assert.Equal((HttpStatusCode.Created, "/api/channels/1"), (added.StatusCode, added.Headers.Location?.OriginalString));
        Assert.Equal("more.mp4", (string?)JsonNode.Parse(await http.GetStringAsync("/api/channels/1"))!["name"]);
        await Eventually.TrueAsync(() => Newest(viewer) is [{ Index: 0 }, { Index: 1, Name: "more.mp4" }]);
        await viewer.SendAsync(new Select { Selection = 1, Name = "more.mp4" });
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.Frames) > 12);
        Assert.Contains("#EXTINF", await http.GetStringAsync("/hls/1/0/index.m3u8"), StringComparison.Ordinal);
        Assert.NotEmpty(await http.GetByteArrayAsync("/api/channels/1/poster.jpg"));

        using var renamed = await http.PatchAsJsonAsync("/api/channels/1", new { name = "talk", title = "A <talk>" });
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        await Eventually.TrueAsync(() => Newest(viewer) is [_, { Index: 1, Name: "talk", Title: "A <talk>" }]);

        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/api/channels/1")).StatusCode);
        // Of those that encode for viewers none is left when the answer comes.
        Assert.Equal(0, Children("more.mp4"));
        await Eventually.TrueAsync(() => viewer.Messages.OfType<ChannelEndedNotice>().Any());
        Assert.Single(Newest(viewer));
        foreach (var path in (string[])["/hls/1/index.m3u8", "/hls/1/0/index.m3u8", "/api/channels/1/poster.jpg", "/api/channels/1"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync("/api/channels/1")).StatusCode);

        using var again = await http.PostAsJsonAsync("/api/channels", new { file = "more.mp4", name = "talk", title = "Again" });
        Assert.Equal(2, (int)(await again.Content.ReadFromJsonAsync<JsonObject>())!["index"]!);
        var sent = TestViewer.Units(viewer.Frames);
        await viewer.SendAsync(new Select { Selection = 2, Channel = 2 });
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.Frames) > sent + 12);

        // Who watched another channel all the time saw nothing of it.
        var seen = TestViewer.Units(undisturbed.VideoFrames);
        await undisturbed.SendAsync(new Feedback { Selection = 1, State = PlayoutState.Playing, PositionSeconds = 5, VideoBufferSeconds = 1, AudioBufferSeconds = 1 });
        await Eventually.TrueAsync(() => TestViewer.Units(undisturbed.VideoFrames) > seen);
        WireOrder.Check(undisturbed.VideoFrames, serving.Running.Server.Serving!.Context.Channels.First().Timeline);
    }

    [Fact]
    public async Task WhatCannotBeIsRefusedInALine()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "text.mp4"), string.Concat(Enumerable.Repeat("This is no video.\n", 300)));
        await File.WriteAllTextAsync(Path.Combine(_folder, "list.m3u8"), "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n");
        File.CreateSymbolicLink(Path.Combine(_folder, "link.mp4"), await videos.PathOfAsync("plain.mp4"));
        await using var serving = await StartAsync();
        using var http = new HttpClient { BaseAddress = serving.Address };
        (int Status, string Json, string Why)[] refused =
        [
            (404, """{"file":"../plain.mp4"}""", "plain name of a file"),
            (404, """{"file":"/etc/passwd"}""", "plain name of a file"),
            (404, """{"file":"link.mp4"}""", "plain name of a file"),
            (404, """{"file":"gone.mp4"}""", "plain name of a file"),
            (422, """{"file":"text.mp4"}""", "text.mp4: not a video"),
            (422, """{"file":"list.m3u8"}""", "list.m3u8: not a video"),
            (409, """{"file":"text.mp4","name":"plain.mp4"}""", "another channel is called plain.mp4"),
            (400, """{"file":"text.mp4","name":""}""", "1 to 200 characters"),
            (400, """{"file":"text.mp4","title":"a\u001b[2Jb"}""", "no control characters"),
            (400, """{"file":null}""", "this takes"),
            (400, """{"name":"x"}""", "this takes"),
            (400, """{"file":"text.mp4","command":"ffmpeg"}""", "this takes"),
            (400, """{"file":["text.mp4"]}""", "this takes"),
            (400, "[", "this takes"),
            (400, "", "this takes"),
            (413, $$"""{"file":"{{new string('x', 10_000)}}"}""", "4096"),
        ];
        foreach (var (status, json, why) in refused)
        {
            using var answer = await http.PostAsync("/api/channels", new StringContent(json, new MediaTypeHeaderValue("application/json")));
            await AssertProblemAsync(answer, status, why);
        }

        await AssertProblemAsync(await http.PatchAsJsonAsync("/api/channels/7", new { name = "x" }), 404, "there is no such channel");
        await AssertProblemAsync(await http.PatchAsJsonAsync("/api/channels/0", new { name = "x", index = 3 }), 400, "this takes");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.PostAsync("/api/channels", new StringContent("""{"file":"text.mp4"}"""))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync("/api/channels/-1")).StatusCode);
        Assert.Equal("plain.mp4", serving.Running.Server.Channels.Single().Name);
    }

    [Fact]
    public async Task OnlyAdministratorsChangeChannelsAndOnlyWhereThereIsAFolder()
    {
        await using var serving = await StartAsync(new KnSockHttpOptions { AdminToken = "secret", IsTokenAlwaysNeeded = true });
        using var http = new HttpClient { BaseAddress = serving.Address };
        Assert.All(await AnswersAsync(http), a => Assert.Equal(HttpStatusCode.Unauthorized, a));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        http.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        Assert.All(await AnswersAsync(http), a => Assert.Equal(HttpStatusCode.Unauthorized, a));

        await using var fixedOne = await WebServing.StartAsync(videos);
        using var other = new HttpClient { BaseAddress = fixedOne.Address };
        Assert.All(await AnswersAsync(other), a => Assert.Equal(HttpStatusCode.Forbidden, a));
        Assert.Single(fixedOne.Running.Server.Channels);
    }

    private static async Task<List<HttpStatusCode>> AnswersAsync(HttpClient http) =>
    [
        (await http.GetAsync("/api/media")).StatusCode,
        (await http.PostAsJsonAsync("/api/channels", new { file = "plain.mp4" })).StatusCode,
        (await http.PatchAsJsonAsync("/api/channels/0", new { name = "x" })).StatusCode,
        (await http.DeleteAsync("/api/channels/0")).StatusCode,
    ];

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status, string why)
    {
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var detail = (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]!;
        Assert.Contains(why, detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', detail);
        Assert.DoesNotContain("knsock-media-", detail, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ChannelInfo> Newest(WebSocketViewer viewer) => viewer.Messages.OfType<Catalog>().LastOrDefault()?.Channels ?? [];

    private int Children(string file) => RunningServer.ChildrenWith(Path.Combine(_folder, file));

    private Task<WebServing> StartAsync(KnSockHttpOptions? options = null) => WebServing.StartAsync(videos, options: options, change: o => o with { MediaFolder = _folder });
}
