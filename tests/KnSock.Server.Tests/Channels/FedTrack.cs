using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Sources;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Channels;

/// <summary>A track with its feeder and a fake encoder on virtual time.</summary>
internal sealed class FedTrack : IAsyncDisposable
{
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    public const int Lead = 4;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public FedTrack(LoopTimeline timeline, TrackKind kind = TrackKind.Video, MediaMemory? memory = null, Action<FakeEncoder>? prepare = null)
    {
        Encoder = new FakeEncoder(timeline, kind);
        prepare?.Invoke(Encoder);
        Track = new RenditionTrack(kind == TrackKind.Video ? Make.Rung() : Make.Stereo, timeline, memory ?? new MediaMemory(long.MaxValue), Lead);
        var feeder = new TrackFeeder(
            Track, Encoder.EncodeAsync, new TrackFeederOptions { Grace = Grace, Time = Time }, NullLogger.Instance);
        _running = feeder.RunAsync(_stopping.Token);
    }

    public ManualTimeProvider Time { get; } = new();

    public FakeEncoder Encoder { get; }

    public RenditionTrack Track { get; }

    public Task HasAsync(int gop) => Eventually.TrueAsync(() => Track[gop] is { IsComplete: true });

    /// <summary>Moves time on in small steps, letting everybody act between them, until the condition holds; gives the time that took.</summary>
    public async Task<TimeSpan> AdvanceUntilAsync(Func<bool> condition, int stepMs = 10)
    {
        var start = Time.Now;
        while (true)
        {
            // A moment of real time as well, for a machine that is busy with other things.
            await Task.Delay(1);
            await Eventually.SettleAsync();
            if (condition())
            {
                return Time.Now - start;
            }

            Assert.True(Time.Now - start < TimeSpan.FromMinutes(2), "did not come in two minutes of virtual time");
            Time.Advance(TimeSpan.FromMilliseconds(stepMs));
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Assert.Equal(0, Encoder.Running);
        _stopping.Dispose();
    }
}
