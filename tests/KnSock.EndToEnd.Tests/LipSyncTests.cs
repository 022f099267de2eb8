using KnSock.Client;
using KnSock.Player;
using KnSock.Testing.LipSync;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>Picture and sound together, measured on what the sink received and when: by the flash and the beep of the sample.</summary>
[Collection(nameof(Alone))]
public class LipSyncTests
{
    // The sample is 20 s long, so the seam of its loop is passed wherever one joins.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(22);

    [Fact]
    public async Task Flash_and_beep_are_together_within_twenty_milliseconds_also_over_the_seam()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        var measured = new Measurement();
        await using var client = new LiveStreamClient(new LiveStreamClientOptions
        {
            Host = "127.0.0.1", VideoPort = server.Port, AudioPort = server.Port + 1, ControlPort = server.Port + 10,
        });
        using var ending = new CancellationTokenSource(Length);
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        var statistics = await client.PlayAsync(channels[0], new CallbackSink(measured.Add, measured.Add), ending.Token);

        var report = LipSyncReport.Of(measured.Flashes, measured.Beeps);
        // A first or last one may be cut off.
        Assert.True(report is { Skews.Count: >= 19, P95Ms: <= 20, LonelyFlashes: <= 1, LonelyBeeps: <= 1 }, report.ToString());
        Assert.All(
            measured.Flashes.Zip(measured.Flashes.Skip(1)),
            pair => Assert.InRange((pair.Second - pair.First).TotalMilliseconds, 950, 1050));
        // What the client says of itself is what was measured.
        Assert.True(Math.Abs(statistics.AvSkewP95Ms - report.P95Ms) <= 20, $"{statistics.AvSkewP95Ms} ms; measured: {report}");
        Assert.True(statistics is { Stalls: 0, Errors.Count: 0 }, string.Join("; ", statistics.Errors));
    }
}
