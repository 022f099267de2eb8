using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>Connections that are lost, and had again or not.</summary>
[Collection(nameof(LoopbackTests))]
public sealed class ReconnectionTests : LoopbackTests
{
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
            await UntilAsync(() => Video.Shown.Count > 20);
            server.DropConnections();
            await UntilAsync(() => server.SessionsBegun == 2);
            var before = Video.Shown.Count;
            await UntilAsync(() => Video.Shown.Count > before + 30);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        AssertSoundWentOn(statistics, channels[0].FrameRate);
        Assert.Equal(1, statistics.Stalls);
        // A server that answers at once fills the buffers within less than a millisecond.
        Assert.InRange(statistics.StallMs, 0, 2000);
        Assert.Empty(statistics.Errors);
        Assert.Equal(0, Decoder.Broken);
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
            await UntilAsync(() => playback.Position is { TotalSeconds: > 1.2 });
            at = playback.Position!.Value;
            server.DropConnections();
            await UntilAsync(() => server.SessionsBegun == 2 && playback.Selection == 2 && playback.Position is not null);
        });

        await client.PlayAsync(channels[0], sink, CancellationToken.None);

        var selects = server.Received.OfType<Select>().ToList();
        Assert.Equal(StartPoint.Beginning, selects[0].From);
        Assert.Equal(StartPoint.Position, selects[1].From);
        Assert.InRange(selects[1].PositionSeconds!.Value, at.TotalSeconds, at.TotalSeconds + 1);
        Assert.Equal(Media.Timestamp.Zero, Video.Shown[0].Pts);
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
            await UntilAsync(() => Video.Shown.Count > 10);
            await playback.SeekAsync(Media.Timestamp.FromSeconds(7.55), CancellationToken.None);
            await UntilAsync(() => playback.Position is { TotalSeconds: > 7.9 and < 9 });
            Assert.Equal(1, server.SessionsBegun);
            playback.Paused = true;
            var stood = playback.StandsAt!.Value.TotalSeconds;
            server.DropConnections();
            await UntilAsync(() => server.Received.OfType<Feedback>().Any(f => f is { Selection: 3, State: PlayoutState.Paused }));
            Assert.Equal((2, true, stood), (server.SessionsBegun, playback.Paused, Math.Round(playback.StandsAt!.Value.TotalSeconds, 6)));
            playback.Paused = false;
            await UntilAsync(() => playback.Position is { TotalSeconds: var now } && now > stood + 0.5);
        });

        var statistics = await client.PlayAsync(channels[0], sink, CancellationToken.None);

        var sought = Video.Shown.First(s => s.Pts.TotalSeconds > 4).Pts.TotalSeconds;
        Assert.Equal(7 + (16 / 30.0), sought, 1e-5);
        Assert.Equal((0, 0.0), (statistics.Stalls, statistics.StallMs));
        Assert.Empty(statistics.Errors);
        Assert.Equal(0, Decoder.Broken);
    }

    [Fact]
    public async Task A_connection_that_stays_lost_ends_with_a_sentence_and_keeps_the_figures()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options with { ReconnectTimeout = TimeSpan.FromSeconds(0.7) });
        var channels = await client.ConnectAsync(CancellationToken.None);
        var sink = new ScriptedSink(Sink, async (_, stop) =>
        {
            await UntilAsync(() => Video.Shown.Count > 5);
            server.IsDown = true;
            server.DropConnections();
            await Task.Delay(Timeout.Infinite, stop);
        });

        var e = await Assert.ThrowsAsync<LiveStreamException>(() => client.PlayAsync(channels[0], sink, CancellationToken.None));

        Assert.Contains("could not be had again within 0.7 s", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Message, Assert.Single(client.Statistics!.Errors));
        Assert.True(client.Statistics.FramesPresented > 5);
    }
}
