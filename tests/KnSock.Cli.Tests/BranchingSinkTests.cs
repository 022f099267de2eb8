using KnSock.Cli.Playing;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Testing;

namespace KnSock.Cli.Tests;

public sealed class BranchingSinkTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakePlayback _playback;
    private readonly List<string> _notices = [];

    public BranchingSinkTests() => _playback = new FakePlayback(_time);

    [Fact]
    public async Task Both_sinks_get_every_unit_and_only_the_main_one_reports_pictures()
    {
        Fill(100);
        var branch = new Taker(100);
        var main = new Taker(100)
        {
            AtEnd = async () =>
            {
                while (branch.Taken.Count < 100)
                {
                    _time.Advance(TimeSpan.FromMilliseconds(20));
                    await Task.Yield();
                }
            },
        };
        await new BranchingSink(main, branch, _notices.Add).RunAsync(_playback, CancellationToken.None);
        Assert.Equal(100, main.Taken.Count);
        Assert.Equal(main.Taken, branch.Taken);
        Assert.Equal(100, _playback.PicturesReported);
        Assert.Empty(_playback.Errors);
    }

    [Fact]
    public async Task A_branch_that_fails_is_told_and_leaves_the_main_sink_alone()
    {
        Fill(10);
        var main = new Taker(10);
        var sink = new BranchingSink(main, new Broken(), _notices.Add);
        await sink.RunAsync(_playback, CancellationToken.None);
        Assert.Equal(10, main.Taken.Count);
        Assert.Equal("the recording ended: disk full", sink.Failure);
        Assert.Equal(["the recording ended: disk full"], _playback.Errors);
    }

    [Fact]
    public void A_branch_that_takes_nothing_is_closed_once_and_holds_a_bounded_number_of_units()
    {
        var branch = new BranchPlayback(_playback, _notices.Add);
        for (uint i = 0; i < 10_000; i++)
        {
            branch.Add(TrackKind.Video, Unit(i));
        }

        Assert.Single(_playback.Errors);
        Assert.Single(_notices);
        Assert.False(branch.TryTake(TrackKind.Video, out _));
    }

    private void Fill(uint units)
    {
        for (uint i = 0; i < units; i++)
        {
            _playback.Units.Enqueue(Unit(i));
        }
    }

    private static QueuedUnit Unit(uint sequence) => new(
        new AccessUnit
        {
            Kind = TrackKind.Video,
            Sequence = sequence,
            Pts = Timestamp.Zero,
            Dts = Timestamp.Zero,
            Duration = TimeSpan.FromMilliseconds(40),
            IsKeyframe = true,
            Payload = default,
        },
        null!,
        Discontinuity: false);

    private sealed class Taker(int until) : IMediaSink
    {
        public List<uint> Taken { get; } = [];

        public Func<Task> AtEnd { get; init; } = () => Task.CompletedTask;

        public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
        {
            while (Taken.Count < until)
            {
                await playback.WaitAsync(TrackKind.Video, cancellationToken);
                if (playback.TryTake(TrackKind.Video, out var unit))
                {
                    Taken.Add(unit.Unit.Sequence);
                    playback.ReportPicture(PictureOutcome.Presented, unit.Unit.Pts);
                }
            }

            await AtEnd();
        }
    }

    private sealed class Broken : IMediaSink
    {
        public Task RunAsync(IPlayback playback, CancellationToken cancellationToken) => throw new IOException("disk full");
    }
}
