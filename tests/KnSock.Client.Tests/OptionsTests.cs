namespace KnSock.Client.Tests;

public sealed class OptionsTests
{
    [Fact]
    public async Task The_defaults_are_valid()
    {
        await using var client = new LiveStreamClient(new LiveStreamClientOptions());
        Assert.Null(client.Statistics);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(10_000, false)]
    [InlineData(450, true)]
    public async Task No_read_ahead_is_valid(int bufferMs, bool fromBeginning)
    {
        await using var client = new LiveStreamClient(
            new LiveStreamClientOptions { MaxBuffer = TimeSpan.Zero, VideoBufferMs = bufferMs, FromBeginning = fromBeginning });
        Assert.Null(client.Statistics);
    }

    [Fact]
    public void Each_option_out_of_range_is_named()
    {
        var good = new LiveStreamClientOptions();
        Check(nameof(good.Host), good with { Host = " " });
        Check(nameof(good.VideoPort), good with { VideoPort = 0 });
        Check(nameof(good.AudioPort), good with { AudioPort = 70_000 });
        Check(nameof(good.ControlPort), good with { ControlPort = -1 });
        Check(nameof(good.VideoBufferMs), good with { VideoBufferMs = -1 });
        Check(nameof(good.AudioBufferMs), good with { AudioBufferMs = 100_000 });
        Check(nameof(good.VideoFps), good with { VideoFps = double.NaN });
        Check(nameof(good.MaxBuffer), good with { MaxBuffer = TimeSpan.FromMilliseconds(200) });
        Check(nameof(good.MaxBuffer), good with { MaxBuffer = TimeSpan.FromSeconds(-1), VideoBufferMs = 0, AudioBufferMs = 0 });
        Check(nameof(good.MaxBuffer), good with { MaxBuffer = TimeSpan.Zero, VideoBufferMs = 1000, FromBeginning = true });
        Check(nameof(good.MaxHeight), good with { MaxHeight = 0 });
        Check(nameof(good.TlsCaPath), good with { UseTls = true, TlsCaPath = "" });
        Check(nameof(good.TlsCaPath), good with { TlsCaPath = "a.pem" });
        Check(nameof(good.TrustsAnyCertificate), good with { TrustsAnyCertificate = true });
        Check(nameof(good.Token), good with { Token = "" });
        Check(nameof(good.Token), good with { Token = "a b" });
        Check(nameof(good.Token), good with { Token = new string('a', 2049) });
        Check(nameof(good.MaxBitrate), good with { MaxBitrate = -1 });
        Check(nameof(good.ConnectTimeout), good with { ConnectTimeout = TimeSpan.Zero });
        Check(nameof(good.ReconnectTimeout), good with { ReconnectTimeout = TimeSpan.FromSeconds(-1) });
        Check(nameof(good.StartAt), good with { StartAt = TimeSpan.FromSeconds(-1) });
        Check(nameof(good.StartAt), good with { StartAt = TimeSpan.FromSeconds(1e9) });
    }

    private static void Check(string name, LiveStreamClientOptions options)
    {
        var e = Assert.ThrowsAny<ArgumentException>(() => new LiveStreamClient(options));
        Assert.StartsWith(name + " must", e.Message, StringComparison.Ordinal);
    }
}
