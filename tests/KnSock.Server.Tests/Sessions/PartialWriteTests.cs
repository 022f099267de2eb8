using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Sessions;

/// <summary>Whatever part of a write a connection takes, what comes out of it is the same frames, whole and in order.</summary>
public sealed class PartialWriteTests
{
    private static readonly LoopTimeline Loop = Make.Timeline(Make.Fps(10), 1.7, gopSeconds: 0.5);

    public static TheoryData<TrackKind?> Connections => new() { (TrackKind?)null, TrackKind.Video, TrackKind.Audio };

    [Theory]
    [MemberData(nameof(Connections))]
    public void EveryByteCanBeTheLastThatIsTaken(TrackKind? only)
    {
        var whole = Send(only, static length => length);
        // Beyond a turn.
        for (var position = 0; position < 12_000; position += position < 4_000 ? 1 : 37)
        {
            var left = position;
            AssertSame(whole, only, $"cut at {position}", length =>
            {
                if (left < 0)
                {
                    return length;
                }

                var taken = Math.Min(left, length);
                left = taken < length ? -1 : left - taken;
                return taken;
            });
        }
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public void OneByteAtATimeIsEnough(TrackKind? only)
    {
        var whole = Send(only, static length => length);
        AssertSame(whole, only, "one byte", static _ => 1);
        var turn = 0;
        AssertSame(whole, only, "one byte every other time", _ => turn++ % 2);
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public void AnyAmountsWillDo(TrackKind? only)
    {
        var whole = Send(only, static length => length);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var most = random.Next(1, 3000);
            AssertSame(whole, only, $"seed {seed}", _ => random.Next(4) == 0 ? 0 : random.Next(most));
        }
    }

    /// <summary>Frames without meaning go out whole, too, and what comes behind them is what would have come.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void PaddingIsCutNowhere(int seed)
    {
        var plain = AtTheLiveEdge(padding: 0, static length => length);
        var random = new Random(seed);

        var padded = AtTheLiveEdge(padding: 5_000, length => random.Next(4) == 0 ? 0 : random.Next(3000));

        Assert.Equal(Units(plain), Units(padded));
        Assert.DoesNotContain(plain.Frames, f => f.Header.Kind == FrameKind.Padding);
        Assert.True(padded.Frames.Count(f => f.Header.Kind == FrameKind.Padding) > 20);
        static IEnumerable<(bool, uint)> Units(FakeMediaConnection connection) =>
            connection.Units.Select(u => (u.Header.Flags.HasFlag(FrameFlags.Audio), u.Header.Sequence)).OrderBy(u => u.Item1);
    }

    /// <summary>A selection that comes while a frame is half sent: the frame is sent to its end, then the new one begins.</summary>
    [Theory]
    [MemberData(nameof(Connections))]
    public void ANewSelectionCutsNoFrame(TrackKind? only)
    {
        var whole = Sent(Send(only, static length => length), only);
        for (var position = 0; position < 1500; position++)
        {
            using var sender = new DrivenSender(Loop);
            sender.Begin(selection: 1, only: only);
            var left = position;
            sender.Connection.Room = length =>
            {
                var taken = Math.Min(left, length);
                left -= taken;
                return taken;
            };
            sender.Send();
            var begun = sender.Connection.Frames.Count + (sender.Connection.IsAtFrameBoundary ? 0 : 1);
            sender.Media.Begin(viewing: null, []);
            sender.Begin(selection: 2, only: only);
            sender.Connection.Room = static length => length;
            sender.SendAll();

            Assert.True(sender.Connection.IsAtFrameBoundary, $"cut at {position}");
            WireOrder.Check(sender.Connection.Frames, Loop);
            var second = sender.Connection.Frames.Skip(begun).First();
            Assert.Equal((FrameKind.Mark, 2u), (second.Header.Kind, second.Mark?.Selection));
            Assert.True(second.Header.Flags.HasFlag(FrameFlags.Discontinuity));
            Assert.Equal(whole, Sent(sender.Connection, only).Where(u => u.Selection == 2).Select(u => u with { Selection = 1 }));
        }
    }

    [Fact]
    public void SoundComesFirstAndIsNeverFarAheadOfThePicture()
    {
        var random = new Random(5);
        using var sender = new DrivenSender(Make.Timeline(Make.Fps(30), 7));
        sender.Begin(maxBuffer: 20);
        // Time goes on meanwhile, as it does on a link that hardly carries it.
        sender.Connection.Room = _ =>
        {
            sender.Time.Advance(TimeSpan.FromMilliseconds(random.Next(10)));
            return random.Next(300);
        };
        sender.SendAll();

        WireOrder.Check(sender.Connection.Frames, sender.Timeline);
        var (sound, picture) = (Timestamp.Zero, Timestamp.Zero);
        var marks = new Dictionary<bool, Mark>();
        foreach (var frame in sender.Connection.Frames)
        {
            var isSound = frame.Header.Flags.HasFlag(FrameFlags.Audio);
            if (frame.Mark is { } mark)
            {
                marks[isSound] = mark;
            }
            else if (frame.Header.Kind == FrameKind.AccessUnit)
            {
                var dts = marks[isSound].TurnStart + frame.Header.Dts.SinceZero;
                (sound, picture) = isSound ? (dts, picture) : (sound, dts);
                var next = picture + TimeSpan.FromSeconds(1.0 / 30);
                Assert.True(!isSound || (sound - next).TotalSeconds <= 1.00001, $"sound at {sound} while the next picture is {next}");
                Assert.True(isSound || sound + TimeSpan.FromSeconds(0.06) > picture, $"picture at {picture} before the sound, which is at {sound}");
            }
        }

        Assert.True(sound > Timestamp.FromSeconds(19.9) && picture > Timestamp.FromSeconds(19.9));
    }

    private static FakeMediaConnection Send(TrackKind? only, Func<int, int> room)
    {
        using var sender = new DrivenSender(Loop);
        sender.Begin(only: only);
        sender.Connection.Room = room;
        sender.SendAll();
        Assert.True(sender.Connection.IsAtFrameBoundary);
        return sender.Connection;
    }

    private static void AssertSame(FakeMediaConnection whole, TrackKind? only, string what, Func<int, int> room)
    {
        try
        {
            var parts = Send(only, room);
            WireOrder.Check(parts.Frames, Loop);
            Assert.Equal(Sent(whole, only), Sent(parts, only));
            foreach (var kind in Kinds(only))
            {
                Assert.Equal(
                    WireOrder.Of(kind, whole.Frames).Where(f => f.Header.Kind == FrameKind.Configuration),
                    WireOrder.Of(kind, parts.Frames).Where(f => f.Header.Kind == FrameKind.Configuration));
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(what, e);
        }
    }

    private static List<(uint Selection, Timestamp Dts, FrameHeader Header)> Sent(FakeMediaConnection connection, TrackKind? only) =>
        Kinds(only).SelectMany(kind => WireOrder.Units(kind, connection.Frames)).Select(u => (u.Selection, u.Dts, u.Frame.Header)).ToList();

    private static IEnumerable<TrackKind> Kinds(TrackKind? only) => only is { } kind ? [kind] : [TrackKind.Audio, TrackKind.Video];

    private static FakeMediaConnection AtTheLiveEdge(int padding, Func<int, int> room)
    {
        using var sender = new DrivenSender(Loop);
        sender.Begin(from: StartPoint.Live, maxBuffer: 0, rungs: new Padded(padding));
        sender.Connection.Room = room;
        for (var i = 0; i < 150; i++)
        {
            sender.Send();
            sender.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        // What is left goes out without room being short.
        sender.Connection.Room = static length => length;
        sender.Send();
        return sender.Connection;
    }

    private sealed class Padded(int bytes) : IRungs
    {
        public bool IsPending => true;

        public void Steer(TrackCursor cursor, TimeSpan now)
        {
        }

        public void Suspend()
        {
        }

        public int PaddingDue(TimeSpan now) => bytes;
    }
}
