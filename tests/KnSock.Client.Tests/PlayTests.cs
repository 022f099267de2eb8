using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>The whole client against a server on loopback, in real time.</summary>
public sealed class PlayTests : IDisposable
{
    private readonly FakeVideoOutput _video = new(TimeProvider.System);
    private readonly FakeAudioOutput _audio = new(TimeProvider.System) { Latency = TimeSpan.FromMilliseconds(15) };
    private readonly FakeVideoDecoder _decoder = new() { Delay = 2 };

    private DecodingSink Sink => new(() => _decoder, () => new FakeAudioDecoder(), _video, _audio);

    public void Dispose() => _decoder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Picture_and_sound_play_together_over_the_loop_boundary(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        Assert.Equal("one two", string.Join(' ', channels.Select(c => c.Name)));

        var statistics = await PlayFor(client, channels[0], TimeSpan.FromSeconds(5));

        Assert.Empty(statistics.Errors);
        Assert.Equal(0, statistics.Stalls);
        Assert.Equal(0, _decoder.Broken);
        Assert.InRange(statistics.JoinMs!.Value, 1, 600);
        Assert.InRange(statistics.FramesPresented, 125, 151);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);
        Assert.InRange(statistics.AudioSeconds, 4.2, 5.1);
        Assert.InRange(statistics.LatencyP50Ms, 0, 1700);
        Assert.Equal("18p", statistics.Rendition);
        Assert.Equal("first", statistics.RenditionReason);
        AssertSteady(_video.Shown);
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
            await Until(() => _video.Shown.Count > 20);
            await playback.SelectAsync(channels[1], CancellationToken.None);
            await Until(() => playback.Channel.Name == "two" && playback.Position is not null);
            await Assert.ThrowsAsync<LiveStreamException>(() => playback.SelectAsync(channels[0] with { Index = 99 }, CancellationToken.None));
            var before = _video.Shown.Count;
            await Until(() => _video.Shown.Count > before + 20);
            Assert.Equal("two", playback.Channel.Name);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        Assert.Equal("two", statistics.Channel);
        AssertSoundWentOn(statistics, channels[0].FrameRate);
        Assert.Equal(0, statistics.Stalls);
        Assert.Equal(0, statistics.Switches);
        Assert.Equal(0, _decoder.Broken);
        Assert.Empty(statistics.Errors);
        Assert.Equal(1, server.SessionsBegun);
    }

    /// <summary>Sound was heard for nearly as long as pictures were seen; a second selection must not stay silent.</summary>
    private static void AssertSoundWentOn(PlaybackStatistics statistics, double frameRate) =>
        Assert.InRange(statistics.AudioSeconds, 0.85 * statistics.FramesPresented / frameRate, double.MaxValue);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_connection_is_had_again_and_counts_as_one_stall(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (_, _) =>
        {
            await Until(() => _video.Shown.Count > 20);
            server.DropConnections();
            await Until(() => server.SessionsBegun == 2);
            var before = _video.Shown.Count;
            await Until(() => _video.Shown.Count > before + 30);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        AssertSoundWentOn(statistics, channels[0].FrameRate);
        Assert.Equal(1, statistics.Stalls);
        // A server that answers at once fills the buffers within less than a millisecond.
        Assert.InRange(statistics.StallMs, 0, 2000);
        Assert.Empty(statistics.Errors);
        Assert.Equal(0, _decoder.Broken);
        Assert.Equal(2, server.SessionsBegun);
    }

    [Fact]
    public async Task From_the_beginning_a_reconnection_resumes_where_playout_was()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options with { FromBeginning = true });
        var channels = await client.ConnectAsync(CancellationToken.None);
        Media.Timestamp at = default;
        var sink = new ScriptedSink(Sink, async (playback, _) =>
        {
            await Until(() => playback.Position is { TotalSeconds: > 1.2 });
            at = playback.Position!.Value;
            server.DropConnections();
            await Until(() => server.SessionsBegun == 2 && playback.Selection == 2 && playback.Position is not null);
        });

        await client.PlayAsync(channels[0], sink, CancellationToken.None);

        var selects = server.Received.OfType<Select>().ToList();
        Assert.Equal(StartPoint.Beginning, selects[0].From);
        Assert.Equal(StartPoint.Position, selects[1].From);
        Assert.InRange(selects[1].PositionSeconds!.Value, at.TotalSeconds, at.TotalSeconds + 1);
        Assert.Equal(Media.Timestamp.Zero, _video.Shown[0].Pts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_seek_keeps_the_connections_and_a_loss_while_paused_changes_nothing(bool shared)
    {
        await using var server = new FakeServer { OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options with { FromBeginning = true });
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (playback, _) =>
        {
            await Until(() => _video.Shown.Count > 10);
            await playback.SeekAsync(Media.Timestamp.FromSeconds(7.55), CancellationToken.None);
            await Until(() => playback.Position is { TotalSeconds: > 7.9 and < 9 });
            Assert.Equal(1, server.SessionsBegun);
            playback.Paused = true;
            var stood = playback.StandsAt!.Value.TotalSeconds;
            server.DropConnections();
            await Until(() => server.Received.OfType<Feedback>().Any(f => f is { Selection: 3, State: PlayoutState.Paused }));
            Assert.Equal((2, true, stood), (server.SessionsBegun, playback.Paused, Math.Round(playback.StandsAt!.Value.TotalSeconds, 6)));
            playback.Paused = false;
            await Until(() => playback.Position is { TotalSeconds: var now } && now > stood + 0.5);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        var sought = _video.Shown.First(s => s.Pts.TotalSeconds > 4).Pts.TotalSeconds;
        Assert.Equal(7 + (16 / 30.0), sought, 1e-5);
        Assert.Equal((0, 0.0), (statistics.Stalls, statistics.StallMs));
        Assert.Empty(statistics.Errors);
        Assert.Equal(0, _decoder.Broken);
    }

    [Fact]
    public async Task A_connection_that_stays_lost_ends_with_a_sentence_and_keeps_the_figures()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options with { ReconnectTimeout = TimeSpan.FromSeconds(0.7) });
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (_, stop) =>
        {
            await Until(() => _video.Shown.Count > 5);
            server.IsDown = true;
            server.DropConnections();
            await Task.Delay(Timeout.Infinite, stop);
        });

        var e = await Assert.ThrowsAsync<LiveStreamException>(() => client.PlayAsync(channels[0], sink, CancellationToken.None));

        Assert.Contains("could not be had again within 0.7 s", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message, Assert.Single(client.Statistics!.Errors));
        Assert.True(client.Statistics.FramesPresented > 5);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Damage_on_the_way_never_reaches_the_decoder(int seed, bool shared)
    {
        var (random, pictures) = (new Random(seed), new List<double>());
        await using var server = new FakeServer { OffersSharedAudio = shared };
        server.Damage = bytes =>
        {
            lock (random)
            {
                if (random.Next(50) > 0)
                {
                    return bytes;
                }

                var damaged = bytes.ToArray();
                if (Protocol.FrameHeader.TryRead(bytes, out var header)
                    && header.Kind == Protocol.FrameKind.AccessUnit
                    && !header.Flags.HasFlag(Protocol.FrameFlags.Audio))
                {
                    pictures.Add(header.Pts.TotalSeconds);
                }

                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return random.Next(3) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            }
        };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);

        var statistics = await PlayFor(client, channels[0], TimeSpan.FromSeconds(4));

        Assert.Equal(0, _decoder.Broken);
        Assert.Empty(statistics.Errors);
        Assert.InRange(statistics.FramesPresented, 25, 120);
        // What is hit is drawn by lot, and what was read ahead was not due yet: only a picture that others were shown around was missed.
        var missed = pictures.Count(hit => hit > _video.Shown[0].Pts.TotalSeconds && hit < _video.Shown[^1].Pts.TotalSeconds);
        Assert.True(statistics.FramesDropped >= missed, $"{missed} pictures were hit, {statistics.FramesDropped} dropped");
        Assert.Equal(1, server.SessionsBegun);
    }

    [Theory]
    [InlineData(false, Protocol.FrameFlags.None)]
    [InlineData(true, Protocol.FrameFlags.None)]
    [InlineData(true, Protocol.FrameFlags.Audio)]
    public async Task A_configuration_lost_to_damage_is_asked_for_anew(bool shared, Protocol.FrameFlags track)
    {
        var left = 1;
        await using var server = new FakeServer { OffersSharedAudio = shared };
        server.Damage = bytes => bytes[5] == (byte)Protocol.FrameKind.Configuration && bytes[6] == (byte)track && Interlocked.Decrement(ref left) >= 0 ? [] : bytes;
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);

        var statistics = await PlayFor(client, channels[0], TimeSpan.FromSeconds(3));

        Assert.Equal(2, server.Received.OfType<Select>().Count());
        Assert.True(statistics.FramesPresented > 30, $"{statistics.FramesPresented} pictures");
        Assert.Equal(0, statistics.Stalls);
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
            await Until(() => _video.Shown.Count > 15);
            server.Rung = 1;
            await Until(() => _video.Shown.Count > 100);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        Assert.Equal(1, statistics.Switches);
        Assert.Equal(2, _decoder.Configured);
        Assert.Equal("18p 28p", string.Join(' ', statistics.Renditions));
        Assert.Equal("64 66", string.Join(' ', _video.Shown.Select(s => s.Width).Distinct()));
        var lost = _video.Shown.Zip(_video.Shown.Skip(1)).Count(p => (p.Second.Pts - p.First.Pts).TotalMilliseconds > 40);
        // On a machine that is busy a picture may be late; none may be missing without having been late.
        Assert.Equal(statistics.FramesDropped, lost);
        Assert.InRange(statistics.FramesDropped, 0, 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_floods_is_held_back(bool shared)
    {
        await using var server = new FakeServer(new SyntheticChannel(0, "large", pictureBytes: 40_000)) { Floods = true, OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options with { MaxBuffer = TimeSpan.FromSeconds(2) });
        var channels = await client.ConnectAsync(CancellationToken.None);

        var statistics = await PlayFor(client, channels[0], TimeSpan.FromSeconds(2));

        Assert.InRange(statistics.VideoBufferSeconds, 4, 7);
        Assert.InRange(statistics.BytesReceived, 1, 30 * 40_000 * 10);
        Assert.Equal(0, statistics.Stalls);
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
            await Until(() => _video.Shown.Count > 20);
            playback.Paused = true;
            Assert.Null(playback.Position);
            await Until(() => _audio.Paused);
            await Task.Delay(60, CancellationToken.None);
            var before = _video.Shown.Count;
            await Task.Delay(300, CancellationToken.None);
            Assert.Equal(before, _video.Shown.Count);
            playback.Paused = false;
            await Until(() => _video.Shown.Count > before + 30);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        Assert.Equal(0, statistics.Stalls);
        Assert.InRange(statistics.FramesDropped, 0, 3);
        Assert.InRange(statistics.AvSkewP95Ms, 0, 20);
        Assert.Contains(server.Received.OfType<Feedback>(), f => f.State == PlayoutState.Paused);
    }

    [Fact]
    public async Task Disposing_ends_a_playback_and_the_session()
    {
        await using var server = new FakeServer();
        var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);
        var playing = client.PlayAsync(channels[0], Sink, CancellationToken.None);
        await Until(() => _video.Shown.Count > 5);
        var session = server.Session;

        await client.DisposeAsync();

        Assert.True(playing.IsCompleted);
        Assert.True((await playing).FramesPresented > 5);
        await Until(() => session.IsOver);
        Assert.Contains(server.Received, m => m is Stop);
        var shown = _video.Shown.Count;
        await Task.Delay(100);
        Assert.Equal(shown, _video.Shown.Count);
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

        var statistics = await PlayFor(client, channels[0], TimeSpan.FromSeconds(1));

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

        await PlayFor(client, channels[0], TimeSpan.FromSeconds(0.7));
        var second = await client.PlayAsync(
            channels[1],
            new ScriptedSink(new DecodingSink(() => new FakeVideoDecoder(), () => new FakeAudioDecoder(), _video, _audio), (p, _) => Until(() => p.Statistics.FramesPresented > 9)),
            CancellationToken.None);

        Assert.Equal("two", second.Channel);
        // With everything compiled it is some milliseconds on an idle machine.
        Assert.InRange(second.JoinMs!.Value, 1, 300);
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

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (holds())
            {
                return;
            }

            await Task.Delay(10);
        }

        Assert.Fail("waited for 10 s in vain");
    }

    private async Task<PlaybackStatistics> PlayFor(LiveStreamClient client, ChannelInfo channel, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        return await client.PlayAsync(channel, Sink, stop.Token);
    }

    private static void AssertSteady(IReadOnlyList<(Media.Timestamp Pts, TimeSpan At, int Width)> shown)
    {
        for (var i = 1; i < shown.Count; i++)
        {
            Assert.True(shown[i].Pts > shown[i - 1].Pts, $"picture {i} goes back from {shown[i - 1].Pts} to {shown[i].Pts}");
        }
    }

    /// <summary>A sink that has had enough when its script is through.</summary>
    private sealed class ScriptedSink(IMediaSink inner, Func<IPlayback, CancellationToken, Task> script) : IMediaSink
    {
        public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var playing = inner.RunAsync(playback, stop.Token);
            try
            {
                await await Task.WhenAny(playing, script(playback, stop.Token));
            }
            finally
            {
                await stop.CancelAsync();
                await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
