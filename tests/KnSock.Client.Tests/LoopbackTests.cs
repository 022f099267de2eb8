using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>The whole client against a server on loopback, in real time; one at a time, for what is measured needs the machine.</summary>
public abstract class LoopbackTests : IDisposable
{
    private protected FakeVideoOutput Video { get; } = new(TimeProvider.System);

    private protected FakeAudioOutput Audio { get; } = new(TimeProvider.System) { Latency = TimeSpan.FromMilliseconds(15) };

    private protected FakeVideoDecoder Decoder { get; } = new() { Delay = 2 };

    private protected DecodingSink Sink => new(() => Decoder, () => new FakeAudioDecoder(), Video, Audio);

    public void Dispose()
    {
        Decoder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for what the server's and the client's tasks do; fails if it does not come.</summary>
    private protected static async Task UntilAsync(Func<bool> holds)
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

    /// <summary>Sound was heard for nearly as long as pictures were seen; a second selection must not stay silent.</summary>
    private protected static void AssertSoundWentOn(PlaybackStatistics statistics, double frameRate) =>
        Assert.InRange(statistics.AudioSeconds, 0.85 * statistics.FramesPresented / frameRate, double.MaxValue);

    private protected async Task<PlaybackStatistics> PlayForAsync(LiveStreamClient client, ChannelInfo channel, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        return await client.PlayAsync(channel, Sink, stop.Token);
    }
}
