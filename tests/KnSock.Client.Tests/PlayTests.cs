using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>What is seen and heard of a server on loopback, in real time.</summary>
[Collection(nameof(LoopbackTests))]
public sealed class PlayTests : LoopbackTests
{
    [Fact]
    public async Task What_is_of_use_is_told_before_the_selection_and_when_it_changes_but_not_in_a_flood()
    {
        await using var server = new FakeServer { OffersSharedAudio = true };
        await using var client = new LiveStreamClient(server.Options with { MaxHeight = 480 });
        var channels = await client.ConnectAsync(CancellationToken.None);
        List<Limits> Told() => [.. server.Received.OfType<Limits>()];
        var sink = new ScriptedSink(Sink, async (playback, _) =>
        {
            await UntilAsync(() => Video.Shown.Count > 20);
            Assert.Equal([typeof(Limits), typeof(Select)], server.Received.Where(m => m is Limits or Select).Select(m => m.GetType()));
            Assert.Equal(new Limits { MaxHeight = 480 }, Assert.Single(Told()));
            // A window that is dragged for a second.
            for (var lines = 700; lines > 400; lines -= 5)
            {
                playback.WindowHeight = lines;
                await Task.Delay(16, CancellationToken.None);
            }

            await UntilAsync(() => Told()[^1] == new Limits { MaxHeight = 480, WindowHeight = 405 });
            Assert.InRange(Told().Count, 3, 8);
            client.Limit(null, 1_500_000);
            await UntilAsync(() => Told()[^1] == new Limits { MaxBitsPerSecond = 1_500_000, WindowHeight = 405 });
            var presented = server.Received.OfType<Feedback>().Select(f => f.Presented).ToList();
            Assert.True(presented[^1] > 30 && presented.Zip(presented.Skip(1)).All(p => p.First <= p.Second), string.Join(' ', presented));
        });

        await client.PlayAsync(channels[0], sink, CancellationToken.None);
        Assert.Throws<ArgumentException>(() => client.Limit(0, null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Picture_and_sound_play_together_over_the_loop_boundary(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        Assert.Equal("one two", string.Join(' ', channels.Select(c => c.Name)));

        var statistics = await PlayForAsync(client, channels[0], TimeSpan.FromSeconds(5));

        Assert.Empty(statistics.Errors);
        Assert.Equal(0, statistics.Stalls);
        Assert.Equal(0, Decoder.Broken);
        Assert.InRange(statistics.JoinMs!.Value, 1, 600);
        Assert.InRange(statistics.FramesPresented, 125, 151);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);
        Assert.InRange(statistics.AudioSeconds, 4.2, 5.1);
        Assert.InRange(statistics.LatencyP50Ms, 0, 1700);
        Assert.Equal("18p", statistics.Rendition);
        Assert.Equal("first", statistics.RenditionReason);
        Assert.Equal(24_000, statistics.SoundBitsPerSecond);
        AssertSteady(Video.Shown);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_of_channel_keeps_the_connections(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (playback, _) =>
        {
            await UntilAsync(() => Video.Shown.Count > 20);
            await playback.SelectAsync(channels[1], CancellationToken.None);
            await UntilAsync(() => playback.Channel.Name == "two" && playback.Position is not null);
            await Assert.ThrowsAsync<LiveStreamException>(() => playback.SelectAsync(channels[0] with { Index = 99 }, CancellationToken.None));
            var before = Video.Shown.Count;
            await UntilAsync(() => Video.Shown.Count > before + 20);
            Assert.Equal("two", playback.Channel.Name);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        Assert.Equal("two", statistics.Channel);
        AssertSoundWentOn(statistics, channels[0].FrameRate);
        Assert.Equal(0, statistics.Stalls);
        Assert.Equal(0, statistics.Switches);
        Assert.Equal(0, Decoder.Broken);
        Assert.Empty(statistics.Errors);
        Assert.Equal(1, server.SessionsBegun);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_picture_is_lost_where_another_rung_begins(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options with { MaxBuffer = TimeSpan.FromSeconds(1) });
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (_, _) =>
        {
            await UntilAsync(() => Video.Shown.Count > 15);
            server.Rung = 1;
            await UntilAsync(() => Video.Shown.Count > 100);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        Assert.Equal(1, statistics.Switches);
        Assert.Equal(2, Decoder.Configured);
        Assert.Equal("18p 28p", string.Join(' ', statistics.Renditions));
        Assert.Equal("64 66", string.Join(' ', Video.Shown.Select(s => s.Width).Distinct()));
        var lost = Video.Shown.Zip(Video.Shown.Skip(1)).Count(p => (p.Second.Pts - p.First.Pts).TotalMilliseconds > 40);
        // On a machine that is busy a picture may be late; none may be missing without having been late.
        Assert.Equal(statistics.FramesDropped, lost);
        Assert.InRange(statistics.FramesDropped, 0, 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pause_stops_picture_and_sound_and_goes_on_at_the_same_place(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (playback, _) =>
        {
            await UntilAsync(() => Video.Shown.Count > 20);
            playback.Paused = true;
            Assert.Null(playback.Position);
            await UntilAsync(() => Audio.Paused);
            await UntilAsync(() => Paused(server) > 0);
            var (before, reports) = (Video.Shown.Count, Paused(server));
            await UntilAsync(() => Paused(server) > reports + 3);
            Assert.Equal(before, Video.Shown.Count);
            playback.Paused = false;
            await UntilAsync(() => Video.Shown.Count > before + 30);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        Assert.Equal(0, statistics.Stalls);
        Assert.InRange(statistics.FramesDropped, 0, 3);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);

        static int Paused(FakeServer server) => server.Received.OfType<Feedback>().Count(f => f.State == PlayoutState.Paused);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    public async Task The_sound_comes_with_the_picture_where_both_sides_are_for_it(bool offered, bool separate, bool namesPort)
    {
        await using var server = new FakeServer { OffersSharedAudio = offered };
        var options = server.Options with { SeparateAudio = separate, AudioPort = namesPort ? server.AudioPort : null };
        await using var client = new LiveStreamClient(options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        var session = server.Session;

        var statistics = await PlayForAsync(client, channels[0], TimeSpan.FromSeconds(1));

        var isShared = offered && !separate && !namesPort;
        Assert.Equal(isShared ? 0 : 1, server.AudioConnections);
        Assert.True(statistics.AudioSeconds > 0.3 && statistics.FramesPresented > 10);
        Assert.InRange(statistics.BytesReceived, session.BytesSent * 8 / 10, session.BytesSent);
    }

    [Fact]
    public async Task A_client_may_play_again()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);

        await PlayForAsync(client, channels[0], TimeSpan.FromSeconds(0.7));
        var second = await client.PlayAsync(
            channels[1],
            new ScriptedSink(new DecodingSink(() => new FakeVideoDecoder(), () => new FakeAudioDecoder(), Video, Audio), (p, _) => UntilAsync(() => p.Statistics.FramesPresented > 9)),
            CancellationToken.None);

        Assert.Equal("two", second.Channel);
        // With everything compiled it is some milliseconds on an idle machine.
        Assert.InRange(second.JoinMs!.Value, 1, 300);
    }

    [Fact]
    public async Task Disposing_ends_a_playback_and_the_session()
    {
        await using var server = new FakeServer();
        var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, (_, stop) => Task.Delay(Timeout.Infinite, stop));
        var playing = client.PlayAsync(channels[0], sink, CancellationToken.None);
        await UntilAsync(() => Video.Shown.Count > 5);
        var session = server.Session;

        await client.DisposeAsync();

        Assert.True(playing.IsCompleted && sink.IsOver);
        Assert.True((await playing).FramesPresented > 5);
        await UntilAsync(() => session.IsOver);
        Assert.Contains(server.Received, m => m is Stop);
    }

    [Fact]
    public async Task A_channel_that_the_server_refuses_says_so()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);

        var e = await Assert.ThrowsAsync<LiveStreamException>(() => client.PlayAsync(channels[0] with { Index = 99 }, Sink, CancellationToken.None));

        Assert.Contains("there is no such channel", e.Message, StringComparison.Ordinal);
    }

    private static void AssertSteady(IReadOnlyList<(Media.Timestamp Pts, TimeSpan At, int Width)> shown)
    {
        for (var i = 1; i < shown.Count; i++)
        {
            Assert.True(shown[i].Pts > shown[i - 1].Pts, $"picture {i} goes back from {shown[i - 1].Pts} to {shown[i].Pts}");
        }
    }
}
