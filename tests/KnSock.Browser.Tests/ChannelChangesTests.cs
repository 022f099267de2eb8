using System.Net.Http.Headers;
using KnSock.Testing.Videos;

namespace KnSock.Browser.Tests;

/// <summary>A page whose channel is renamed, goes, and comes again.</summary>
public sealed class ChannelChangesTests(Chromium chromium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-browser-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_page_follows_its_channel()
    {
        File.Copy(await TestVideos.Mandelbrot.GetPathAsync(), Path.Combine(_folder, "talk.mp4"));
        await using var server = await WebServer.StartAsync(["--store", WarmServer.Store, "--media-folder", _folder]);
        using var http = new HttpClient { BaseAddress = new Uri(server.Site) };
        await ChangeAsync(http, HttpMethod.Post, "api/channels", """{"file":"talk.mp4"}""");
        await using var visit = await chromium.VisitAsync(server.Site);
        await visit.WatchAsync("talk.mp4");
        var shown = await visit.GetAsync<int>("probe.pictures");

        await ChangeAsync(http, HttpMethod.Patch, "api/channels/0", """{"name":"opening","title":"The <b>opening</b>"}""");
        await visit.UntilAsync("document.querySelector('#title').textContent === 'The <b>opening</b>' && location.search === '?channel=opening'", 15);
        await visit.UntilAsync($"probe.pictures > {shown + 20} && probe.statistics.stalls === 0", 15);

        await ChangeAsync(http, HttpMethod.Delete, "api/channels/0", json: null);
        await visit.UntilAsync("probe.notice.startsWith('The channel has ended')", 15);

        await ChangeAsync(http, HttpMethod.Post, "api/channels", """{"file":"talk.mp4","name":"opening"}""");
        shown = await visit.GetAsync<int>("probe.pictures");
        await visit.UntilAsync($"probe.notice === '' && probe.pictures > {shown + 20}", 20);
        Assert.Empty(visit.Faults);
    }

    private static async Task ChangeAsync(HttpClient http, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json")) };
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
