using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>HLS as players find it: a loop of 3 s, so that everything goes over seams.</summary>
[Collection(nameof(Alone))]
public sealed partial class HlsTests : IAsyncLifetime
{
    private const int Viewers = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TestServer? _server;
    private string _base = "";

    public async ValueTask InitializeAsync()
    {
        var port = FreePorts.Find();
        _server = await TestServer.StartAsync(new KnSockProcessOptions(), ["--host", "127.0.0.1", "--http-port", $"{port}"], TestVideos.Short);
        _base = $"http://127.0.0.1:{port}";
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    [Fact]
    public async Task Every_rendition_decodes_without_an_error_over_the_seam()
    {
        using var client = new HttpClient();
        var master = await client.GetStringAsync(new Uri($"{_base}/hls/0/index.m3u8"));
        var renditions = master.Split('\n').Where(l => l.EndsWith(".m3u8", StringComparison.Ordinal)).Append("audio/index.m3u8").ToList();
        Assert.True(renditions.Count > 2, master);
        var decoded = await Task.WhenAll(renditions.Select(r => DecodeAsync($"{_base}/hls/0/{r}", 7)));

        foreach (var (rendition, frames) in renditions.Zip(decoded))
        {
            // 30 pictures a second and 46.875 units of sound; a turn's last unit is decoded in whole, so there may be one more each turn.
            var expected = rendition.StartsWith("audio", StringComparison.Ordinal) ? 7 * 48_000 / 1024 : 210;
            Assert.InRange(frames.Count, expected - 3, expected + 4);
            Assert.Equal(frames.Count, frames.Select(f => f.Pts).Distinct().Count());
        }
    }

    [Fact]
    public async Task The_playlists_are_what_the_specification_says()
    {
        using var client = new HttpClient();
        using var folder = new TemporaryFolder();
        var files = new List<string>();
        foreach (var playlist in (string[])["index.m3u8", "0/index.m3u8", "audio/index.m3u8"])
        {
            files.Add(Path.Combine(folder.Path, playlist.Replace('/', '-')));
            await File.WriteAllTextAsync(files[^1], await client.GetStringAsync(new Uri($"{_base}/hls/0/{playlist}")));
        }

        // By hls-parser in its strict mode, which npm has.
        var said = await Command.RunAsync("node", [Path.Combine(Repository.Root, "web", "scripts", "lint-playlists.mjs"), .. files]);
        Assert.Matches(@"variants\n.* segments, [1-9][0-9]* parts\n.* segments, [1-9][0-9]* parts", said);

        var broken = Path.Combine(folder.Path, "broken.m3u8");
        await File.WriteAllTextAsync(broken, (await File.ReadAllTextAsync(files[1])).Replace("#EXT-X-PART-INF", "#EXT-X-NOTHING", StringComparison.Ordinal));
        Assert.NotEqual(0, (await Command.TryRunAsync("node", [Path.Combine(Repository.Root, "web", "scripts", "lint-playlists.mjs"), broken])).ExitCode);
    }

    [Fact]
    public async Task Picture_and_sound_play_together_and_are_what_the_playlist_says()
    {
        var probed = await Command.RunAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height,level,profile", "-of", "csv=p=0", $"{_base}/hls/0/index.m3u8");
        using var client = new HttpClient();
        foreach (Match variant in Variant().Matches(await client.GetStringAsync(new Uri($"{_base}/hls/0/index.m3u8"))))
        {
            var level = int.Parse(variant.Groups["level"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Assert.Contains($"h264,High,{variant.Groups["width"].Value},{variant.Groups["height"].Value},{level}", probed, StringComparison.Ordinal);
        }

        var frames = await DecodeAsync($"{_base}/hls/0/index.m3u8", 7, "-map", "0:v:0", "-map", "0:a:0");
        Assert.InRange(frames.Count(f => f.Stream == 0), 205, 214);
        Assert.InRange(frames.Count(f => f.Stream == 1), 320, 335);
    }

    [Fact]
    public async Task Gstreamer_plays_without_dropping()
    {
        Assert.SkipUnless(HasCommand("gst-launch-1.0"), "GStreamer is not installed");
        var result = await Command.TryRunAsync(
            "timeout",
            ["-s", "INT", "9", "gst-launch-1.0", "-v", "playbin3", $"uri={_base}/hls/0/index.m3u8", "video-sink=fpsdisplaysink video-sink=fakesink text-overlay=false sync=true", "audio-sink=fakesink sync=true"]);

        Assert.DoesNotContain("ERROR", result.Output + result.Error, StringComparison.Ordinal);
        var rendered = Rendered().Matches(result.Output).LastOrDefault();
        Assert.True(rendered is not null, result.Output + result.Error);
        Assert.InRange(int.Parse(rendered.Groups["rendered"].Value, CultureInfo.InvariantCulture), 90, 300);
        Assert.Contains("audio/x-raw", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vlc_shows_pictures_and_plays_sound()
    {
        Assert.SkipUnless(HasCommand("cvlc") && (HasCommand("setpriv") || !Environment.IsPrivilegedProcess), "VLC is not installed, or cannot be run by another than root");
        using var home = new TemporaryFolder();
        await Command.RunAsync("chmod", "777", home.Path);
        string[] other = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        string[] line =
        [
            .. other, "env", $"HOME={home.Path}", "timeout", "30", "cvlc", "-vv", "--no-color", "--vout=dummy", "--aout=dummy", "--run-time=5", "--play-and-exit",
            $"{_base}/hls/0/index.m3u8", "vlc://quit",
        ];
        string[] log = [];
        // On a machine with too much to do, five seconds may be over before its first picture is decoded.
        for (var i = 0; i < 3 && !log.Any(HasPicture); i++)
        {
            var result = await Command.TryRunAsync(line[0], line[1..]);
            log = (result.Output + result.Error).Split('\n');
        }

        Assert.Contains(log, HasPicture);
        Assert.Contains(log, l => l.Contains("audio output debug: output 'f32l' 48000 Hz", StringComparison.Ordinal));
        // The first fragment that it sees of a rendition is never number 0.
        Assert.DoesNotContain(log, l => l.Contains("sequence discontinuity", StringComparison.Ordinal) && !l.EndsWith("!= 0", StringComparison.Ordinal));

        static bool HasPicture(string line) => line.Contains("Received first picture", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_cache_many_viewers_cost_one_fetch()
    {
        Assert.SkipUnless(HasCommand("nginx"), "nginx is not installed");
        using var folder = new TemporaryFolder();
        var port = FreePorts.Find();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "nginx.conf"), Cache(folder.Path, port));
        await using var nginx = KnSockProcess.Start(
            new KnSockProcessOptions { Program = "nginx" }, "-e", "stderr", "-p", folder.Path, "-c", Path.Combine(folder.Path, "nginx.conf"));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/hls/0/") };
        await UntilItAnswersAsync(client);

        var fetched = await Task.WhenAll(Enumerable.Range(0, Viewers).Select(i => WatchAsync(client, TimeSpan.FromSeconds(5))));

        var origin = (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "access.log"))).Select(l => l.Split(' '))
            .Where(l => l[0].Contains(".m4s", StringComparison.Ordinal) && l[1] != "HIT").Select(l => l[0]).ToList();
        Assert.Equal(origin.Distinct(StringComparer.Ordinal), origin, StringComparer.Ordinal);
        Assert.True(fetched.Sum() >= origin.Count * (Viewers - 10), $"{fetched.Sum()} fetches of {origin.Count} parts");
    }

    /// <summary>Follows a playlist part by part, as a player with low latency does; gives the number of parts.</summary>
    private static async Task<int> WatchAsync(HttpClient client, TimeSpan time)
    {
        var (end, query) = (Environment.TickCount64 + (long)time.TotalMilliseconds, "");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (Environment.TickCount64 < end)
        {
            var playlist = await client.GetStringAsync(new Uri($"0/index.m3u8{query}", UriKind.Relative));
            foreach (var part in Part().Matches(playlist).Select(m => m.Groups["uri"].Value).TakeLast(8).Where(seen.Add))
            {
                Assert.NotEmpty(await client.GetByteArrayAsync(new Uri($"0/{part}", UriKind.Relative)));
            }

            var hint = Hint().Match(playlist);
            query = $"?_HLS_msn={hint.Groups["number"].Value}&_HLS_part={hint.Groups["part"].Value}";
        }

        return seen.Count;
    }

    private static async Task UntilItAnswersAsync(HttpClient client)
    {
        for (var end = Environment.TickCount64 + 10_000; ; await Task.Delay(50))
        {
            try
            {
                using var response = await client.GetAsync(new Uri("0/index.m3u8", UriKind.Relative));
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (Environment.TickCount64 < end)
            {
                // Not yet.
            }

            Assert.True(Environment.TickCount64 < end, "the cache did not answer");
        }
    }

    /// <summary>Decodes for some seconds, failing at the first error; gives the frames.</summary>
    private static async Task<List<(int Stream, long Pts)>> DecodeAsync(string address, int seconds, params string[] map)
    {
        using var late = new CancellationTokenSource(Patience);
        var result = await Command.TryRunAsync(
            "ffmpeg", ["-v", "error", "-xerror", "-i", address, "-t", $"{seconds}", .. map, "-fps_mode", "passthrough", "-f", "framecrc", "-"], late.Token);
        Assert.True(result is { ExitCode: 0, Error: "" }, $"{address}: {result.ExitCode} {result.Error}");
        return [.. result.Output.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(',')).Select(l => (Number(l[0]), (long)Number(l[2])))];
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.Integer | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);

    private static bool HasCommand(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, name)));

    private string Cache(string folder, int port) =>
        $$"""
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        daemon off; worker_processes 1; pid {{folder}}/pid;
        events { worker_connections 1024; }
        http {
          log_format cache '$request_uri $upstream_cache_status';
          access_log {{folder}}/access.log cache;
          proxy_cache_path {{folder}}/cache keys_zone=hls:1m;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
          server {
            listen 127.0.0.1:{{port}};
            location /hls/ { proxy_pass {{_base}}; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_cache hls; proxy_cache_lock on; proxy_cache_lock_timeout 20s; }
          }
        }
        """;

    [GeneratedRegex("CODECS=\"avc1\\.6400(?<level>..),[^\"]*\",RESOLUTION=(?<width>[0-9]+)x(?<height>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variant();

    [GeneratedRegex("rendered: (?<rendered>[0-9]+), dropped", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rendered();

    [GeneratedRegex("#EXT-X-PART:DURATION=[0-9.]+,URI=\"(?<uri>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();

    [GeneratedRegex("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"[0-9a-f]+/(?<number>[0-9]+)/(?<part>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hint();
}
