using KnSock.Server.Encoding;
using KnSock.Testing;

namespace KnSock.Server.Tests.Encoding;

/// <summary>Children that do not behave.</summary>
public sealed class BadChildTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("exit 0", "without a word")]
    [InlineData("echo 'no such codec' >&2; exit 3", "no such codec")]
    [InlineData("printf 'one\\ntwo\\033[2J' >&2; kill -9 $$", "two\uFFFD[2J")]
    [InlineData("head -c 100000 /dev/zero | tr '\\0' 'x' >&2; exit 1", "xxxx")]
    [InlineData("yes 'a complaint' | head -c 3000000 >&2; echo last >&2; exit 1", "last")]
    [InlineData("printf '\\000\\000\\000\\020free12345678'", "ended")]
    [InlineData("printf '\\000\\000\\000\\001moov'", "early")]
    [InlineData("cat /dev/zero", "could not be read")]
    [InlineData("printf '\\377\\377\\377\\377moov'; exec cat /dev/zero", "could not be read")]
    [InlineData("exec yes", "without a unit")]
    public async Task EndsWithAClearReason(string body, string reason)
    {
        using var script = new ChildScript(body);

        var e = await Assert.ThrowsAsync<EncoderException>(() => Drain(script));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 1, 500);
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(script.IsAlive);
    }

    [Theory]
    [InlineData("exec sleep 1000")]
    [InlineData("exec yes 'a complaint' >&2")]
    [InlineData("trap '' TERM INT HUP; while :; do sleep 1; done")]
    [InlineData("printf '\\000\\000\\000\\020free1234'; exec sleep 1000")]
    [InlineData("exec >&-; exec sleep 1000")]
    public async Task SilenceIsTakenForAHang(string body)
    {
        using var script = new ChildScript(body);
        var running = Drain(script);
        await script.StartedAsync();

        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(1);
        }

        var e = await Assert.ThrowsAsync<EncoderException>(() => running);
        Assert.Contains("made nothing for 10 s", e.Message, StringComparison.Ordinal);
        Assert.False(script.IsAlive);
    }

    /// <summary>Long before silence would tell: viewers have a few seconds.</summary>
    [Theory]
    [InlineData("kill -STOP $$")]
    [InlineData("printf '\\000\\000\\000\\020free12345678'; kill -STOP $$")]
    public async Task AChildThatIsStoppedIsNoticedSoon(string body)
    {
        using var script = new ChildScript(body);
        var running = Drain(script);
        await script.StartedAsync();
        await Eventually.TrueAsync(() => script.IsStopped);
        var start = _time.Now;

        while (!running.IsCompleted && _time.Now - start < TimeSpan.FromSeconds(9))
        {
            _time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(5);
        }

        var e = await Assert.ThrowsAsync<EncoderException>(() => running);
        Assert.Contains("was stopped", e.Message, StringComparison.Ordinal);
        Assert.False(script.IsAlive);
    }

    [Fact]
    public async Task WhatCannotBeStartedSaysSo()
    {
        var tools = new FfmpegTools("/nowhere/ffmpeg", "ffprobe", new Version(5, 1));

        var e = await Assert.ThrowsAsync<LiveStreamServerException>(() => Drain(tools));

        Assert.Contains("/nowhere/ffmpeg cannot be started", e.Message, StringComparison.Ordinal);
    }

    private Task Drain(ChildScript script) => Drain(script.Tools);

    private async Task Drain(FfmpegTools tools)
    {
        var encoder = new RenditionEncoder(tools, Make.Source("/nowhere.mp4"), Make.Timeline(Make.Fps(30), 4), new EncoderSettings { Time = _time });
        await foreach (var _ in encoder.EncodeAsync(new EncoderRun { Renditions = [Make.Rung()], FirstGop = 0, EndGop = 4 }, CancellationToken.None))
        {
        }
    }
}
