using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Testing;
using Segments = KnSock.Server.Loops.Segments;

namespace KnSock.Server.Tests.Sessions;

/// <summary>Viewers at the live edge who stand at the same place are served together, and each gets what it would get alone.</summary>
public sealed class LiveGroupTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServerClock _clock;
    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly Segments _segments = new();
    private readonly LiveGroups _groups;
    private readonly Channel _channel = FilledChannel.Create(Make.Timeline(Make.Fps(30), 3.4), LowSound.Filled);
    private readonly List<Viewer> _viewers = [];

    public LiveGroupTests() => (_clock, _groups) = (new ServerClock(_time), new LiveGroups(_metrics));

    public void Dispose()
    {
        _viewers.ForEach(v => v.Sender.Begin(viewing: null, []));
        Assert.False(_channel.AudioTrack.IsRead || _channel.LowAudioTrack!.IsRead || _channel.VideoTracks[0].IsRead);
        _metrics.Dispose();
    }

    [Fact]
    public void EachGetsWhatItWouldGetAlone()
    {
        var alone = Add(selection: 1, groups: null);
        for (uint selection = 1; selection <= 5; selection++)
        {
            Add(selection, _groups);
        }

        Run(20);

        var expected = UnitsOf(alone);
        Assert.True(expected.Count > 20 * 70);
        Assert.False(alone.Sender.IsInGroup);
        foreach (var viewer in _viewers.Skip(1))
        {
            Assert.True(viewer.Sender.IsInGroup);
            AssertInOrder(viewer);
            Assert.Equal(expected, UnitsOf(viewer));
        }
    }

    [Fact]
    public void ALateComerJoinsThoseWhoAreThere()
    {
        var first = Add(1, _groups);
        Run(4.27);
        var second = Add(7, _groups);
        Run(9);

        Assert.True(first.Sender.IsInGroup && second.Sender.IsInGroup);
        AssertInOrder(second);
        Assert.Equal(UnitsOf(first).TakeLast(50), UnitsOf(second).TakeLast(50));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhoCannotTakeAStepWholeGoesOnByItselfAndChangesNothingForTheOthers(int seed)
    {
        var random = new Random(seed);
        var steady = Add(1, _groups);
        var slow = Add(2, _groups);
        // Now and then it takes a part, cut anywhere, or nothing.
        slow.Connection.Room = length => random.Next(4) == 0 ? random.Next(length + 1) : length;

        Run(30);

        AssertInOrder(steady);
        AssertInOrder(slow);
        Assert.True(slow.Left > 20, $"it left {slow.Left} times");
        Assert.Equal(0, steady.Left);
        slow.Connection.Room = length => length;
        Run(33);
        Assert.True(slow.Sender.IsInGroup);
        Assert.Equal(UnitsOf(steady).TakeLast(50), UnitsOf(slow).TakeLast(50));
    }

    [Fact]
    public void WhoIsHeldUpForLongGoesOnAtTheLiveEdgeAndJoinsAgain()
    {
        var steady = Add(1, _groups);
        var stuck = Add(2, _groups);
        Run(3);
        stuck.Connection.Room = _ => 0;
        Run(13);
        stuck.Connection.Room = length => length;
        Run(16);

        AssertInOrder(stuck);
        Assert.True(stuck.Sender.IsInGroup);
        Assert.Equal(UnitsOf(steady).TakeLast(50), UnitsOf(stuck).TakeLast(50));
        Assert.Equal(0, steady.Left);
    }

    [Fact]
    public void WhoLeavesForAnotherRungStandsWhereTheGroupStood()
    {
        var steady = Add(1, _groups);
        var other = Add(2, _groups);
        Run(5.5);
        Assert.True(other.Sender.IsInGroup);
        other.Sender.LeaveGroup();
        Assert.False(other.Sender.IsInGroup);
        Run(10);

        AssertInOrder(other);
        Assert.Equal(UnitsOf(steady), UnitsOf(other));
        other.Sender.Begin(viewing: null, []);
        Run(11);
        Assert.True(steady.Sender.IsInGroup);
        AssertInOrder(steady);
    }

    /// <summary>Who hears the low sound is sent the same pictures, but not by the same step.</summary>
    [Fact]
    public void WhoHearsTheLowSoundGoesOnWithOthersWhoDo()
    {
        var choice = new SoundChoice(new SoundChoiceOptions());
        var steady = Add(1, _groups);
        Viewer[] poor = [Add(2, _groups, choice), Add(3, _groups, choice)];
        Run(5.5);
        Assert.All(_viewers, v => Assert.True(v.Sender.IsInGroup));
        SoundSteeringTests.See(choice, 180_000, _clock.Elapsed);
        Array.ForEach(poor, v => v.Sender.LeaveGroup());
        Run(5.7);
        Assert.Equal([true, false, false], _viewers.Select(v => v.Sender.IsInGroup));
        Run(12);

        Assert.All(_viewers, v => Assert.True(v.Sender.IsInGroup));
        Assert.All(_viewers, AssertInOrder);
        Assert.All(poor, v => Assert.Equal(UnitsOf(steady), UnitsOf(v)));
        Assert.Equal([3, 1, 1], _viewers.Select(v => (int)v.Connection.Units.Last(u => u.Header.Flags.HasFlag(FrameFlags.Audio)).Header.Length));
        Assert.Equal(2, _groups.Of(_channel, _channel.LowAudioTrack!, _channel.VideoTracks[0]).Members);
    }

    [Fact]
    public void WhenAllStoodStillForLongEachFindsItsWay()
    {
        Viewer[] viewers = [Add(1, _groups), Add(2, _groups)];
        Run(4);
        _time.Advance(TimeSpan.FromSeconds(5));
        Run(15);

        foreach (var viewer in viewers)
        {
            AssertInOrder(viewer);
            Assert.True(viewer.Sender.IsInGroup);
            Assert.InRange(UnitsOf(viewer)[^1].Dts, 14.9, 15);
        }
    }

    private static List<(KnSock.Media.TrackKind Kind, double Dts, uint Sequence)> UnitsOf(Viewer viewer) =>
        [.. new[] { KnSock.Media.TrackKind.Audio, KnSock.Media.TrackKind.Video }
            .SelectMany(kind => WireOrder.Units(kind, viewer.Connection.Frames).Select(u => (kind, u.Dts.TotalSeconds, u.Frame.Header.Sequence)))
            .OrderBy(u => u.TotalSeconds).ThenBy(u => u.kind)];

    private void AssertInOrder(Viewer viewer)
    {
        WireOrder.Check(viewer.Connection.Frames, _channel.Timeline);
        Assert.All(viewer.Connection.Frames.Where(f => f.Mark is not null), f => Assert.Equal(viewer.Selection, f.Mark!.Value.Selection));
    }

    private Viewer Add(uint selection, LiveGroups? groups, SoundChoice? sound = null)
    {
        var connection = new FakeMediaConnection(_clock);
        Viewer? viewer = null;
        var sender = new MediaSender(connection, _segments, _metrics, groups, due => viewer!.Due = due < viewer.Due ? due : viewer.Due);
        var viewing = new Viewing(
            new Select { Selection = selection, Channel = 0, From = StartPoint.Live }, _channel, TimeSpan.Zero, FakeChannel.LargestBatch, _clock.Now);
        sender.Begin(viewing, [new TrackFeed(viewing, _channel.AudioTrack, sound is null ? null : new SoundSteering(viewing, sound, _ => { })), new TrackFeed(viewing, _channel.VideoTracks[0], rungs: null)]);
        viewer = new Viewer(selection, connection, sender);
        _viewers.Add(viewer);
        return viewer;
    }

    /// <summary>As the loop does: each when it is due or was asked for, to the millisecond; who is blocked each 5 ms.</summary>
    private void Run(double until)
    {
        while (_clock.Elapsed.TotalSeconds < until)
        {
            var now = _clock.Elapsed;
            foreach (var viewer in _viewers.Where(v => v.Due <= now))
            {
                viewer.Due = LoopMember.Never;
                var due = viewer.Sender.Send(now);
                viewer.Due = viewer.Sender.IsBlocked ? now + TimeSpan.FromMilliseconds(5) : due;
            }

            foreach (var viewer in _viewers)
            {
                viewer.Left += viewer.WasInGroup && !viewer.Sender.IsInGroup ? 1 : 0;
                viewer.WasInGroup = viewer.Sender.IsInGroup;
            }

            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private sealed class Viewer(uint selection, FakeMediaConnection connection, MediaSender sender)
    {
        public uint Selection => selection;

        public FakeMediaConnection Connection => connection;

        public MediaSender Sender => sender;

        public TimeSpan Due { get; set; }

        public int Left { get; set; }

        public bool WasInGroup { get; set; }
    }
}
