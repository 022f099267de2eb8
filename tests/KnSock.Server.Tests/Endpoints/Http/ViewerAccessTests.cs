using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.WebSockets;

namespace KnSock.Server.Tests.Endpoints.Http;

/// <summary>Viewer tokens over HTTP and WebSockets.</summary>
public sealed class ViewerAccessTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private static readonly ViewerKeys Keys = new(new byte[32]);

    [Theory]
    [InlineData("")]
    [InlineData("/live")]
    public async Task EverythingThatIsWatchedTakesAToken(string prefix)
    {
        await using var serving = await StartAsync(prefix);
        using var http = new HttpClient { BaseAddress = new Uri(serving.Address, prefix + "/") };
        string[] closed = ["api/channels", "api/channels/1/poster.jpg", "hls/1/index.m3u8", "hls/1/0/index.m3u8", "hls/1/0/x/init.mp4", "hls/1/0/x/1.m4s", "hls/1/0/x/1/0.m4s"];
        foreach (var token in (string?[])[null, "a.b.c", Token(-1, "*")])
        {
            http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            foreach (var path in closed)
            {
                using var answer = await http.GetAsync(path);
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, answer.StatusCode));
                Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
                Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            }
        }

        // The pages themselves hold nothing of what there is.
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("watch?channel=plain.mp4")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(60, "plain-2.mp4"));
        await AssertOpenAsync(http);
    }

    /// <summary>As a page does it: the token is shown once and kept where no script reads it.</summary>
    [Fact]
    public async Task APageHasItsTokenKeptInACookie()
    {
        await using var serving = await StartAsync("/live");
        using var handler = new HttpClientHandler { CookieContainer = new CookieContainer() };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(serving.Address, "/live/") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync("api/viewer-token", new { token = "a.b.c" })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync("api/viewer-token", new[] { 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostAsync("api/viewer-token", new StringContent($"{{\"token\":\"{Token(60, "*")}\"}}"))).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "api/viewer-token") { Content = JsonContent.Create(new { token = Token(60, "*") }), Headers = { { "Origin", "https://evil.example" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
        Assert.Equal(0, handler.CookieContainer.Count);

        using var kept = await http.PostAsJsonAsync("api/viewer-token", new { token = Token(60, "plain-2.mp4") });
        Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);
        var cookie = Assert.Single(kept.Headers.GetValues("Set-Cookie"));
        Assert.All((string[])["httponly", "samesite=strict", "path=/live/;"], part => Assert.Contains(part, cookie + ";", StringComparison.OrdinalIgnoreCase));
        await AssertOpenAsync(http);

        using var viewer = await WebSocketViewer.OpenAsync(serving.Address, "/live/ws", o => o.Cookies = handler.CookieContainer);
        await viewer.SendAsync(new Hello { KnSock = 1 });
        await Eventually.TrueAsync(() => viewer.Messages.OfType<Catalog>().Any());
        Assert.Equal("plain-2.mp4", Assert.Single(viewer.Messages.OfType<Catalog>().First().Channels).Name);

        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("api/viewer-token")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("api/channels")).StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AWebSocketTakesATokenToo(bool isSecure)
    {
        await using var serving = await StartAsync(isSecure: isSecure);
        foreach (var token in (string?[])[null, "a.b.c", Token(-1, "*")])
        {
            using var refused = await WebSocketViewer.OpenAsync(serving.Address);
            await refused.SendAsync(new Hello { KnSock = 1, Token = token });
            Assert.Equal(WebSocketCloseStatus.PolicyViolation, (await refused.Closed.WaitAsync(TimeSpan.FromSeconds(10))).Status);
            Assert.Equal("token", Assert.IsType<ErrorNotice>(Assert.Single(refused.Messages)).Code);
        }

        using var viewer = await WebSocketViewer.OpenAsync(serving.Address);
        await viewer.SendAsync(new Hello { KnSock = 1, Token = Token(8, "plain.mp4") });
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0 });
        await Eventually.TrueAsync(() => viewer.Messages.OfType<Catalog>().Any());
        Assert.Single(viewer.Messages.OfType<Catalog>().First().Channels);

        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("token", Assert.Single(viewer.Messages.OfType<ErrorNotice>()).Code);
        await Eventually.TrueAsync(() => serving.Running.Gauges.Sessions == 0 && serving.Running.Server.Serving!.Pending.Taken == 0);
    }

    [Fact]
    public async Task WhereNoTokensAreAskedForNothingIsKept()
    {
        await using var serving = await WebServing.StartAsync(videos);
        using var http = new HttpClient { BaseAddress = serving.Address };
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsJsonAsync("api/viewer-token", new { token = Token(60, "*") })).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "whatever");
        using var playlist = await http.GetAsync("hls/0/index.m3u8");
        Assert.Equal((HttpStatusCode.OK, true), (playlist.StatusCode, playlist.Headers.CacheControl?.Public));
    }

    private static async Task AssertOpenAsync(HttpClient http)
    {
        using var list = await http.GetAsync("api/channels");
        var channel = Assert.Single(JsonNode.Parse(await list.Content.ReadAsStringAsync())!["channels"]!.AsArray())!;
        Assert.Equal(("plain-2.mp4", 1), ((string?)channel["name"], (int)channel["index"]!));
        foreach (var path in (string[])[(string)channel["poster"]!, (string)channel["hls"]!, "hls/1/audio/index.m3u8"])
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // Nobody on the way keeps what was for the one who showed a token.
            Assert.Equal((true, false), (answer.Headers.CacheControl!.Private, answer.Headers.CacheControl.Public));
        }

        var playlist = await http.GetStringAsync("hls/1/audio/index.m3u8");
        var media = playlist.Split('\n').Last(l => l.EndsWith(".m4s", StringComparison.Ordinal));
        using var segment = await http.GetAsync($"hls/1/audio/{media}");
        Assert.Equal((HttpStatusCode.OK, true), (segment.StatusCode, segment.Headers.CacheControl!.Private));
        Assert.DoesNotContain("token", playlist, StringComparison.OrdinalIgnoreCase);

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("hls/0/index.m3u8")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("api/channels/0/poster.jpg")).StatusCode);

        // A player on another page that shows a token asks whether it may.
        using var asks = new HttpRequestMessage(HttpMethod.Options, "hls/1/index.m3u8") { Headers = { { "Origin", "https://other.example" }, { "Access-Control-Request-Headers", "authorization" } } };
        using var may = await http.SendAsync(asks);
        Assert.Equal(HttpStatusCode.NoContent, may.StatusCode);
        Assert.Equal("Authorization", Assert.Single(may.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    private static string Token(double seconds, params string[] channels) =>
        Keys.Issue(new ViewerGrant { Channels = channels, Expires = DateTimeOffset.UtcNow.AddSeconds(seconds) });

    private Task<WebServing> StartAsync(string prefix = "", bool isSecure = false) =>
        WebServing.StartAsync(videos, prefix, isSecure: isSecure, change: o => o with { ViewerKeys = Keys, VideoPaths = [.. o.VideoPaths, .. o.VideoPaths] });
}
