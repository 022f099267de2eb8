using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using KnSock.Testing.Processes;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary><c>knsock serve</c> as a browser, a scraper and an administrator find it.</summary>
public sealed class WebEndpointTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("knsock-web-");
    private readonly int _port = FreePorts.Find();

    /// <summary>A home of its own, so that the token is made anew.</summary>
    private KnSockProcessOptions Process => new() { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = _home.FullName } };

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public async Task The_token_is_made_once_kept_for_its_owner_alone_and_opens_what_is_for_administrators()
    {
        var file = Path.Combine(_home.FullName, "knsock", "admin-token");
        foreach (var isFirst in (bool[])[true, false])
        {
            await using var server = await TestServer.StartAsync(Process, ["--http-port", $"{_port}", "--always-admin-token"], TestVideos.H264Aac);
            Assert.Contains($"http {_port}", server.Process.Output[0], StringComparison.Ordinal);
            var token = (await File.ReadAllTextAsync(file)).Trim();
            Assert.Equal(isFirst, server.Process.Error.Any(l => l.Contains(token, StringComparison.Ordinal)));
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
            foreach (var path in (string[])["/metrics", "/api/sessions", "/api/server"])
            {
                http.DefaultRequestHeaders.Authorization = null;
                Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(path)).StatusCode);
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
                Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(path)).StatusCode);
            }
        }
    }

    [Fact]
    public async Task Programs_on_the_machine_see_figures_and_a_description_of_the_api()
    {
        await using var server = await TestServer.StartAsync(Process, ["--http-port", $"{_port}"], TestVideos.H264Aac);
        await server.PlayAsync(1);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        var metrics = await http.GetStringAsync("/metrics");
        Assert.Matches("knsock_server_sent_bytes_total{[^}]*} [1-9]", metrics);
        Assert.Matches("service_name=\"knsock\"", metrics);
        var description = JsonNode.Parse(await http.GetStringAsync("/openapi.json"))!;
        Assert.Equal("KnSock", (string?)description["info"]!["title"]);
        Assert.All(
            (string[])["/api/channels", "/api/channels/{index}/poster.jpg", "/api/sessions", "/api/sessions/{id}", "/api/sessions/{id}/decisions", "/api/server"],
            path => Assert.NotNull(description["paths"]![path]));
        var change = description["paths"]!["/api/channels/{index}"]!;
        Assert.NotNull(description["paths"]!["/api/channels"]!["post"]!["requestBody"]!["content"]!["application/json"]);
        Assert.True(change["patch"] is not null && change["delete"]!["responses"]!["404"]!["content"]!["application/problem+json"] is not null);
        Assert.Equal("ok", await http.GetStringAsync("/healthz"));
    }

    /// <summary>Who says its request byte by byte, or after one answer nothing more, has no more time than others have for a handshake or may be idle.</summary>
    [Fact]
    public async Task Who_dribbles_a_request_or_falls_silent_is_closed_and_others_are_served()
    {
        await using var server = await TestServer.StartAsync(Process, ["--http-port", $"{_port}", "--handshake-timeout", "2s", "--idle-timeout", "6s"], TestVideos.H264Aac);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        using var silent = await OpenAsync();
        await silent.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        using var dribbling = await OpenAsync();
        await dribbling.SendAsync("GET /healthz HT"u8.ToArray());
        var isGone = ReadToEndAsync(dribbling);
        for (var i = 0; i < 300 && !isGone.IsCompleted; i++)
        {
            await Task.WhenAny(isGone, Task.Delay(100));
            try
            {
                await dribbling.SendAsync("T"u8.ToArray());
            }
            catch (SocketException)
            {
                break;
            }
        }

        await isGone.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await ReadToEndAsync(silent).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("ok", await http.GetStringAsync("/healthz"));

        async Task<Socket> OpenAsync()
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            return socket;
        }

        static async Task ReadToEndAsync(Socket socket)
        {
            try
            {
                var buffer = new byte[4096];
                while (await socket.ReceiveAsync(buffer) > 0)
                {
                    // An answer, or that the request was none.
                }
            }
            catch (SocketException)
            {
                // Closed all the same.
            }
        }
    }

    [Fact]
    public async Task A_server_with_a_media_folder_begins_without_channels_and_gets_one()
    {
        var folder = _home.CreateSubdirectory("media").FullName;
        File.Copy(await TestVideos.H264Aac.GetPathAsync(), Path.Combine(folder, "talk.mp4"));
        await using var serve = KnSockProcess.Start(Process, "serve", "0", "--host", "127.0.0.1", "--http-port", $"{_port}", "--no-store", "--media-folder", folder);
        await serve.WaitForReadyAsync(TimeSpan.FromSeconds(60));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        Assert.Empty(JsonNode.Parse(await http.GetStringAsync("/api/channels"))!["channels"]!.AsArray());
        using var added = await http.PostAsync("/api/channels", new StringContent("{\"file\":\"talk.mp4\"}", new MediaTypeHeaderValue("application/json")));
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Contains("#EXTINF", await http.GetStringAsync("/hls/0/0/index.m3u8"), StringComparison.Ordinal);

        await using var wrong = KnSockProcess.Start(Process, "serve", "0", "--http-port", "0", "--media-folder", Path.Combine(folder, "talk.mp4"));
        await wrong.ExpectExitAsync(2, TimeSpan.FromSeconds(20));
        Assert.Contains(wrong.Error, l => l.StartsWith("knsock: --media-folder ", StringComparison.Ordinal) && l.Contains("is no folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_somebody_named_and_that_is_taken_is_named()
    {
        using var holder = new TcpListener(IPAddress.Any, _port);
        holder.Start();
        await using var serve = KnSockProcess.Start(Process, "serve", $"{FreePorts.Find()}", await TestVideos.H264Aac.GetPathAsync(), "--no-store", "--http-port", $"{_port}", "--log-level", "none");
        await serve.ExpectExitAsync(1, TimeSpan.FromSeconds(20));
        Assert.Empty(serve.Output);
        Assert.Contains(serve.Error, l => l.StartsWith($"knsock: port {_port} cannot be used for the web endpoint", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no", "16 characters")]
    [InlineData(null, "--admin-token-file")]
    public async Task A_token_file_that_cannot_be_used_is_named(string? content, string why)
    {
        var file = Path.Combine(_home.FullName, "token");
        if (content is null)
        {
            Directory.CreateDirectory(file);
        }
        else
        {
            await File.WriteAllTextAsync(file, content);
        }

        await using var serve = KnSockProcess.Start(
            Process, "serve", $"{FreePorts.Find()}", await TestVideos.H264Aac.GetPathAsync(), "--no-store", "--http-port", $"{_port}", "--admin-token-file", file, "--log-level", "none");
        await serve.ExpectExitAsync(1, TimeSpan.FromSeconds(20));
        Assert.Contains(serve.Error, l => l.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_with_a_viewer_on_a_websocket_ends_soon()
    {
        await using var server = await TestServer.StartAsync(Process, ["--http-port", $"{_port}"], TestVideos.H264Aac);
        using var viewer = new ClientWebSocket();
        viewer.Options.AddSubProtocol("knsock.1");
        await viewer.ConnectAsync(new Uri($"ws://127.0.0.1:{_port}/ws"), CancellationToken.None);
        foreach (var message in (string[])["""{"type":"hello","knsock":1}""", """{"type":"select","selection":1,"channel":0,"from":"live"}"""])
        {
            await viewer.SendAsync(System.Text.Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }

        var buffer = new byte[64 * 1024];
        var received = 0;
        while (received < 100_000)
        {
            received += (await viewer.ReceiveAsync(buffer, CancellationToken.None)).Count;
        }

        await server.Process.SignalAsync("TERM");
        await server.Process.ExpectExitAsync(0, TimeSpan.FromSeconds(2));
    }
}
