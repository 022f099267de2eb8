using KnSock.Cli.Playing;
using KnSock.Client.Playout;
using KnSock.Testing;

namespace KnSock.Cli.Tests;

public sealed class ObservedSinkTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakePlayback _playback;
    private readonly EndlessSink _inner = new();

    public ObservedSinkTests() => _playback = new FakePlayback(_time);

    [Fact]
    public async Task The_duration_counts_from_the_first_picture()
    {
        var sink = Observed(new PlayLimits { Duration = TimeSpan.FromSeconds(10) });
        var running = sink.RunAsync(_playback, CancellationToken.None);
        await AdvanceAsync(3);
        _playback.Statistics = Make.Statistics(joinMs: 3000);
        await AdvanceAsync(9.5);
        Assert.False(_inner.Ended);
        await AdvanceAsync(0.7);
        await running;
        Assert.True(_inner.Ended);
        Assert.False(sink.GaveUp);
    }

    [Fact]
    public async Task Without_a_picture_it_gives_up()
    {
        var sink = Observed(new PlayLimits { FirstPicture = TimeSpan.FromSeconds(5) });
        var running = sink.RunAsync(_playback, CancellationToken.None);
        await AdvanceAsync(5.1);
        await running;
        Assert.True(sink.GaveUp);
    }

    [Fact]
    public async Task It_ends_with_the_sink_that_plays()
    {
        _inner.Close();
        await Observed(new PlayLimits()).RunAsync(_playback, CancellationToken.None);
    }

    [Fact]
    public async Task A_fault_of_the_sink_that_plays_comes_through()
    {
        _inner.Fail(new InvalidOperationException("broken"));
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => Observed(new PlayLimits()).RunAsync(_playback, CancellationToken.None));
        Assert.Equal("broken", fault.Message);
    }

    [Fact]
    public async Task A_cancellation_ends_both_and_is_told()
    {
        using var cancellation = new CancellationTokenSource();
        var running = Observed(new PlayLimits()).RunAsync(_playback, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(_inner.Ended);
    }

    private ObservedSink Observed(PlayLimits limits) => new(_inner, limits, _ => { });

    // Small steps, each with room for the continuations that a timer sets free.
    private async Task AdvanceAsync(double seconds)
    {
        for (var step = 0; step < seconds * 100; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }
    }

    private sealed class EndlessSink : IMediaSink
    {
        private readonly TaskCompletionSource _end = new();

        public bool Ended { get; private set; }

        public void Close() => _end.TrySetResult();

        public void Fail(Exception fault) => _end.TrySetException(fault);

        public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
        {
            try
            {
                await _end.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                Ended = true;
            }
        }
    }
}
