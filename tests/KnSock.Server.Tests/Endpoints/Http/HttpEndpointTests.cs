using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.WebSockets;
using KnSock.Web;

namespace KnSock.Server.Tests.Endpoints.Http;

public sealed class HttpEndpointTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("")]
    [InlineData("/live")]
    public async Task ThePagesAndAllThatTheyLoadAreThere(string prefix)
    {
        await using var serving = await WebServing.StartAsync(videos, prefix);
        using var http = new HttpClient { BaseAddress = new Uri(serving.Address, prefix + "/") };
        Assert.Contains(WebPages.All, p => p.Path == "index.html");
        foreach (var page in WebPages.All)
        {
            using var answer = await http.GetAsync(page.Path);
            Assert.Equal((HttpStatusCode.OK, page.ContentType), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
            Assert.Equal(page.Content.ToArray(), await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal(page.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache", answer.Headers.CacheControl?.ToString());
            using var again = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, page.Path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } });
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        }

        var home = await http.GetAsync("");
        var policy = home.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal(await http.GetStringAsync("index.html"), await home.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("watch?channel=x")).StatusCode);
        foreach (var path in (string[])["nothing", "..%2f..%2fetc%2fpasswd", "assets/..%2findex.html", "assets/", "pages/index.html"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task AFolderWithoutItsSlashLeadsToTheOneWithIt()
    {
        await using var serving = await WebServing.StartAsync(videos, "/live");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = serving.Address };
        var answer = await http.GetAsync("/live?a=1");
        Assert.Equal((HttpStatusCode.Redirect, "/live/?a=1"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task WhoPlaysIsCountedSeenAndCanBeSentAway()
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var http = new HttpClient { BaseAddress = serving.Address };
        Assert.Equal("ok", await http.GetStringAsync("/healthz"));
        Assert.Equal(0, (int)(await ChannelsAsync(http))[0]!["viewers"]!);

        using var viewer = await WebSocketViewer.GreetAsync(serving.Address);
        await viewer.PlayAsync();
        await viewer.SendAsync(System.Text.Encoding.UTF8.GetBytes(
            """{"type":"feedback","selection":1,"state":"playing","positionSeconds":0.5,"videoBufferSeconds":1.5,"audioBufferSeconds":1.25,"targetSeconds":0.2,"stalls":2,"stallMs":340}"""));
        await Eventually.TrueAsync(() => Sessions(http)[0]!["stalls"] is { } stalls && (int)stalls == 2);
        var session = Sessions(http).Single()!;
        Assert.Equal(("websocket", "test", "plain.mp4"), ((string?)session["transport"], (string?)session["client"], (string?)session["channel"]));
        Assert.Equal((1.25, 340, "playing"), ((double)session["bufferSeconds"]!, (int)session["stallMs"]!, (string?)session["state"]));
        Assert.Equal(1, (int)(await ChannelsAsync(http))[0]!["viewers"]!);

        var decisions = JsonNode.Parse(await http.GetStringAsync($"/api/sessions/{session["id"]}/decisions"))!["decisions"]!.AsArray();
        Assert.NotEmpty(decisions);
        Assert.All(decisions, d => Assert.NotEmpty(d!["candidates"]!.AsArray()));
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/api/sessions/{session["id"]}")).StatusCode);
        Assert.Equal("an administrator ended it", (await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(10))).Reason);
        await Eventually.TrueAsync(() => Sessions(http).Count == 0);
        Assert.Equal(HttpStatusCode.NotFound, (await http.DeleteAsync($"/api/sessions/{session["id"]}")).StatusCode);
        Assert.Equal(0, (int)(await ChannelsAsync(http))[0]!["viewers"]!);
        Assert.True((long)JsonNode.Parse(await http.GetStringAsync("/api/server"))!["sentBytes"]! > 1000);
    }

    [Fact]
    public async Task WhatRevealsViewersTakesTheToken()
    {
        await using var serving = await WebServing.StartAsync(videos, options: new KnSockHttpOptions { AdminToken = "secret", IsTokenAlwaysNeeded = true });
        using var http = new HttpClient { BaseAddress = serving.Address };
        foreach (var path in (string[])["/api/sessions", "/api/sessions/v1/decisions", "/api/server"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.DeleteAsync("/api/sessions/v1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/channels")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/sessions")).StatusCode);
    }

    [Fact]
    public async Task AChannelHasAPoster()
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var http = new HttpClient { BaseAddress = serving.Address };
        var channel = (await ChannelsAsync(http))[0]!;
        // Asked for several times at once it is made once.
        var posters = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => http.GetByteArrayAsync($"/{channel["poster"]}")));
        Assert.Equal([0xFF, 0xD8, 0xFF], posters[0][..3]);
        Assert.All(posters, p => Assert.Equal(posters[0], p));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/channels/7/poster.jpg")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/channels/-1/poster.jpg")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/channels/x/poster.jpg")).StatusCode);
    }

    private static async Task<JsonArray> ChannelsAsync(HttpClient http) => JsonNode.Parse(await http.GetStringAsync("/api/channels"))!["channels"]!.AsArray();

    private static JsonArray Sessions(HttpClient http) => JsonNode.Parse(http.GetStringAsync("/api/sessions").GetAwaiter().GetResult())!["sessions"]!.AsArray();
}
