using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using KnSock.Cli.Output;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Cli.Tests;

/// <summary>The verbs on a store that was written by hand, after the description of its form.</summary>
public sealed class StoreCommandTests : IDisposable
{
    private const string Video = "/videos/f\u001b[2Jilm.mp4";
    private readonly string _store = Directory.CreateTempSubdirectory("knsock-store-").FullName;
    private readonly string _rendition;

    public StoreCommandTests()
    {
        var source = Path.Combine(_store, "v1", new string('a', 32));
        _rendition = Path.Combine(source, new string('b', 32));
        Directory.CreateDirectory(_rendition);
        File.WriteAllText(Path.Combine(source, "source.json"), JsonSerializer.Serialize(new { path = Video, size = 5, modified = DateTime.UnixEpoch }));
        File.WriteAllText(Path.Combine(_rendition, "rendition.json"), """{"name":"720p","gopCount":4,"settings":"any"}""");
        for (var gop = 0; gop < 3; gop++)
        {
            File.WriteAllBytes(GopPath(gop), GopFile(gop));
        }
    }

    [Fact]
    public async Task ListShowsHowMuchOfWhichVideoIsStored()
    {
        var (code, output, error) = await RunAsync("list");
        Assert.Equal(0, code);
        Assert.Contains("/videos/f\\u001b[2Jilm.mp4", output, StringComparison.Ordinal);
        Assert.Contains("720p 75 %", output, StringComparison.Ordinal);
        Assert.Contains("changed or gone", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.Contains(_store, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAsJsonIsOneObject()
    {
        var (code, output, _) = await RunAsync("list", "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        var source = Assert.Single(json.RootElement.GetProperty("sources").EnumerateArray());
        Assert.Equal(Video, source.GetProperty("path").GetString());
        Assert.Equal(75, Assert.Single(source.GetProperty("renditions").EnumerateArray()).GetProperty("percent").GetInt32());
        Assert.Equal(json.RootElement.GetProperty("bytes").GetInt64(), source.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task AnEmptyStoreIsNoFailure()
    {
        Directory.Delete(Path.Combine(_store, "v1"), recursive: true);
        Assert.Equal((0, string.Empty), ((await RunAsync("list")).Code, (await RunAsync("list")).Output));
        Assert.Equal((0, "0 GOPs checked, none damaged; 0 bytes are whole"), ((await RunAsync("verify")).Code, (await RunAsync("verify")).Output.TrimEnd()));
        Assert.Equal(0, (await RunAsync("clear")).Code);
    }

    [Fact]
    public async Task VerifyIsContentWithAWholeStoreAndSaysWhatWasDamaged()
    {
        var (code, output, _) = await RunAsync("verify");
        Assert.Equal(0, code);
        Assert.StartsWith("3 GOPs checked, none damaged", output, StringComparison.Ordinal);

        File.Copy(GopPath(2), GopPath(1), overwrite: true);
        (code, output, _) = await RunAsync("verify");
        Assert.Equal(1, code);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal("dropped /videos/f\\u001b[2Jilm.mp4 720p GOP 1: it is another GOP", lines[0]);
        Assert.StartsWith("3 GOPs checked, 1 damaged", lines[1], StringComparison.Ordinal);
        Assert.False(File.Exists(GopPath(1)));
        Assert.Equal(0, (await RunAsync("verify")).Code);
    }

    [Fact]
    public async Task VerifyAsJsonNamesTheFile()
    {
        File.WriteAllText(GopPath(0), "no GOP");
        var (code, output, _) = await RunAsync("verify", "--json");
        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(output);
        var damaged = Assert.Single(json.RootElement.GetProperty("damaged").EnumerateArray());
        Assert.Equal(GopPath(0), damaged.GetProperty("file").GetString());
        Assert.True(damaged.GetProperty("isDropped").GetBoolean());
    }

    [Fact]
    public async Task ClearRemovesTheVideosNamedOrAll()
    {
        var (code, output, error) = await RunAsync("clear", "/videos/other.mp4");
        Assert.Equal(0, code);
        Assert.StartsWith("removed 0 bytes: 0 GOPs", output, StringComparison.Ordinal);
        Assert.StartsWith("knsock: nothing is stored of /videos/other.mp4", error, StringComparison.Ordinal);
        Assert.True(File.Exists(GopPath(0)));

        Assert.Equal(2, (await RunAsync("clear", "")).Code);
        Assert.True(File.Exists(GopPath(0)));

        (code, output, _) = await RunAsync("clear", Video);
        Assert.Equal(0, code);
        Assert.EndsWith("3 GOPs, 1 videos", output.TrimEnd(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(_rendition)));
    }

    [Fact]
    public async Task ClearWithoutAVideoRemovesAll()
    {
        var (code, output, _) = await RunAsync("clear");
        Assert.Equal(0, code);
        Assert.EndsWith("3 GOPs, 1 videos", output.TrimEnd(), StringComparison.Ordinal);
        Assert.False(File.Exists(GopPath(0)));
    }

    [Fact]
    public async Task AnInterruptedVerifyIsNoSuccess()
    {
        var (code, _, error) = await RunAsync(new CancellationToken(canceled: true), "verify");
        Assert.Equal(1, code);
        Assert.Equal("knsock: interrupted; not everything was checked", error.TrimEnd());
    }

    public void Dispose() => Directory.Delete(_store, recursive: true);

    private static byte[] GopFile(int gop)
    {
        byte[] body = [.. FrameWriter.Configuration(
            new VideoConfiguration { Codec = "avc1.640015", Setup = new byte[] { 1 }, Width = 320, Height = 180 }, rendition: 0)];
        var file = new byte[72 + body.Length];
        "KNGP"u8.CopyTo(file);
        file[7] = 1;
        file.AsSpan(8, 16).Fill(0xbb);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(24), gop);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(32), body.Length);
        body.CopyTo(file, 72);
        SHA256.HashData([.. file.AsSpan(0, 36), .. body]).CopyTo(file, 36);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(68), FrameHeader.Checksum(file.AsSpan(0, 68)));
        return file;
    }

    private string GopPath(int gop) => Path.Combine(_rendition, $"{gop:000000}.gop");

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    private async Task<(int Code, string Output, string Error)> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["store", .. args, "--store", _store], new Terminal(output, error), cancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
