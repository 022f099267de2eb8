using System.Net;
using System.Net.Sockets;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Http;

/// <summary>Requests that no browser and no library would send, byte by byte, to every route there is.</summary>
public sealed class HostileRequestTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private static readonly string[] Below =
        ["/", "/assets/", "/api/", "/api/channels/", "/api/channels/0/", "/api/sessions/", "/hls/", "/hls/0/", "/hls/0/360p/", "/hls/0/360p/x/", "/hls/0/360p/x/1/", "/ws/", "/healthz/"];

    private static readonly string[] Ways =
    [
        "../../../../../../etc/passwd", "%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "..%5c..%5c..%5cetc%5cpasswd", "..\\..\\..\\etc\\passwd",
        "....//....//etc/passwd", "..;/..;/etc/passwd", "%252e%252e%252f%252e%252e%252fetc%252fpasswd", "%c0%ae%c0%ae%c0%afetc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd",
        "%00", "index.html%00.png", "a%00", "index.m3u8%00", "%0d%0aSet-Cookie:%20a=b", "-1", "0x0", "99999999999999999999", "1e3", "%F0%9F%92%A9", "NaN", "poster.jpg%2f..%2f..%2f",
    ];

    [Fact]
    public async Task NoPathLeadsToAnythingThatIsNotServed()
    {
        await using var serving = await WebServing.StartAsync(videos);
        foreach (var path in Below.SelectMany(below => Ways.Select(way => below + way)))
        {
            var answer = await AskAsync(serving.Address, $"GET {path} HTTP/1.1\r\nHost: {serving.Address.Authority}\r\nConnection: close\r\n\r\n");

            // A session of any name can be ended, but not got.
            Assert.True(answer.Split(' ', 3) is [_, "400" or "404" or "405", _], $"{path}: {answer.Split('\r')[0]}");
            Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("//evil.example/live")]
    [InlineData("/\\evil.example/live")]
    [InlineData("/%2f%2fevil.example/live")]
    [InlineData("/live//evil.example")]
    [InlineData("/live?//evil.example")]
    public async Task NobodyIsSentElsewhere(string path)
    {
        await using var serving = await WebServing.StartAsync(videos, "/live");
        var answer = await AskAsync(serving.Address, $"GET {path} HTTP/1.1\r\nHost: {serving.Address.Authority}\r\nConnection: close\r\n\r\n");
        var location = answer.Split("\r\n").FirstOrDefault(l => l.StartsWith("Location: ", StringComparison.OrdinalIgnoreCase));
        Assert.True(location?.StartsWith("Location: /live/", StringComparison.OrdinalIgnoreCase) != false, location);
    }

    /// <summary>The API tells and ends sessions; nothing of it takes a path, a command or a channel to be added.</summary>
    [Theory]
    [InlineData("POST", "/api/channels")]
    [InlineData("PUT", "/api/channels/0")]
    [InlineData("DELETE", "/api/channels/0")]
    [InlineData("POST", "/api/server")]
    [InlineData("PATCH", "/api/server")]
    [InlineData("POST", "/api/sessions")]
    [InlineData("POST", "/hls/0/index.m3u8")]
    [InlineData("TRACE", "/")]
    [InlineData("CONNECT", "evil.example:80")]
    public async Task NothingCanBeDefinedOverTheApi(string method, string path)
    {
        await using var serving = await WebServing.StartAsync(videos);
        var body = "{\"path\":\"/etc/passwd\",\"command\":\"id\"}";
        var answer = await AskAsync(serving.Address, $"{method} {path} HTTP/1.1\r\nHost: {serving.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        Assert.Matches("^HTTP/1.1 (400|403|404|405)", answer);
    }

    private static async Task<string> AskAsync(Uri address, string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        await socket.SendAsync(Bytes.GetBytes(request));
        using var reader = new StreamReader(new NetworkStream(socket), Bytes);
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static System.Text.Encoding Bytes => System.Text.Encoding.Latin1;
}
