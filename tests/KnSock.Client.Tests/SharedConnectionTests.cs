using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Testing;
using KnSock.Client.Tests.Playout;

namespace KnSock.Client.Tests;

/// <summary>A full buffer on a connection that carries both tracks.</summary>
public sealed class SharedConnectionTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Client.Playback _playback;

    public SharedConnectionTests()
    {
        var channel = new Server.SyntheticChannel(0, "one").Info;
        // 4 s more than this are held.
        var options = new LiveStreamClientOptions { MaxBuffer = TimeSpan.FromSeconds(2), FromBeginning = true, TimeProvider = _time };
        _playback = new Client.Playback(options, [channel], channel, TimeSpan.Zero);
        var selection = _playback.TakeUnsentSelect()!.Selection;
        _playback.OnMark(new Mark { Selection = selection, TurnStart = default, SendTime = default, LiveEdge = default });
    }

    [Fact]
    public void Sound_that_comes_long_before_the_picture_does_not_keep_it_out()
    {
        // 20 s.
        for (var number = 0; number < 1000; number++)
        {
            Assert.True(Offer(Units.Sound(number), isShared: true).IsCompletedSuccessfully, $"unit {number} waits for room that only what lies behind it can make");
        }

        for (var number = 0; number < 100; number++)
        {
            Assert.True(Offer(Units.Picture(number), isShared: true).IsCompletedSuccessfully);
        }

        Assert.Equal(PlayoutState.Playing, _playback.BuildFeedback()!.State);
        Assert.False(Offer(Units.Sound(1000), isShared: true).IsCompleted, "there is no need to take in more while playout runs");
    }

    [Fact]
    public void A_connection_of_its_own_waits_for_room()
    {
        var number = 0;
        while (Offer(Units.Sound(number), isShared: false).IsCompleted)
        {
            number++;
        }

        Assert.Equal(300, number);
    }

    [Fact]
    public async Task A_unit_that_waits_is_taken_in_when_playout_stalls_for_the_other_track()
    {
        for (var number = 0; number < 300; number++)
        {
            _ = Offer(Units.Sound(number), isShared: true);
            _ = Offer(Units.Picture(number / 2), isShared: true);
            if (number == 40)
            {
                Assert.Equal(PlayoutState.Playing, _playback.BuildFeedback()!.State);
            }
        }

        var waiting = Offer(Units.Sound(300), isShared: true);
        Assert.False(waiting.IsCompleted);
        for (var i = 0; i < 70 && !waiting.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(waiting, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(PlayoutState.Stalled, _playback.BuildFeedback()!.State);
    }

    [Fact]
    public async Task Without_end_it_is_the_servers_fault()
    {
        var e = await Assert.ThrowsAsync<ProtocolException>(async () =>
        {
            var large = new byte[1_000_000];
            for (var number = 0; number < 400; number++)
            {
                var unit = Units.Sound(number);
                await Offer(unit with { Unit = unit.Unit with { Payload = large } }, isShared: true);
            }
        });

        Assert.Equal(ProtocolErrorCode.Unexpected, e.Code);
    }

    private Task Offer(ArrivedUnit unit, bool isShared) => _playback.AcceptAsync(unit.Unit.Kind, unit, isShared, CancellationToken.None).AsTask();
}
