using System.Buffers;
using KnSock.Client.Connection;
using KnSock.Client.Playout;
using KnSock.Client.Tests.Server;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Client.Tests.Connection;

public sealed class TrackTimelineTests
{
    private readonly TrackTimeline _timeline = new(TrackKind.Video);
    private readonly SyntheticChannel _channel = new(0, "one");

    [Fact]
    public void Units_lie_where_the_mark_puts_them()
    {
        Mark(selection: 3, turnStart: 8, discontinuity: true);
        Configure(0);
        var first = Unit(30)!.Value;
        Assert.Equal(Timestamp.FromSeconds(9), first.Unit.Pts);
        Assert.Equal(3u, first.Selection);
        Assert.True(first.Discontinuity);
        Assert.False(Unit(31)!.Value.Discontinuity);
    }

    [Fact]
    public void Nothing_is_given_out_before_a_mark_and_a_configuration()
    {
        Assert.Null(Unit(0));
        Mark(selection: 1, turnStart: 0);
        Assert.Null(Unit(0));
        Assert.Equal(1, _timeline.Unconfigured);
        Configure(0);
        Assert.NotNull(Unit(1));
        Mark(selection: 2, turnStart: 0);
        Assert.Null(Unit(2));
        Assert.Equal(1, _timeline.Unconfigured);
    }

    [Fact]
    public void A_turn_whose_mark_was_lost_shows_by_its_numbers()
    {
        Mark(selection: 1, turnStart: 4);
        Configure(0);
        Unit(119);
        Assert.Equal(Timestamp.FromSeconds(8), Unit(0)!.Value.Unit.Pts);
        Assert.Equal(Timestamp.FromSeconds(8), Unit(1)!.Value.TurnStart);
        Mark(selection: 1, turnStart: 8);
        Assert.Equal(Timestamp.FromSeconds(8), Unit(30)!.Value.TurnStart);
    }

    [Fact]
    public void The_same_configuration_stays_the_same_object()
    {
        Mark(selection: 1, turnStart: 0);
        Configure(0);
        var before = Unit(0)!.Value.Configuration;
        Configure(0);
        Assert.Same(before, Unit(1)!.Value.Configuration);
        Configure(1);
        Assert.NotSame(before, Unit(2, rung: 1)!.Value.Configuration);
    }

    [Fact]
    public void Payloads_that_are_not_what_they_should_be_are_counted()
    {
        Accept(Compose(FrameKind.Mark, [1, 2, 3]));
        Accept(Compose(FrameKind.Configuration, [9]));
        Accept(FrameWriter.Configuration(SyntheticChannel.AudioSetup, 0));
        Accept(Compose((FrameKind)77, [1]));
        Assert.Equal(3, _timeline.Malformed);
    }

    private static byte[] Compose(FrameKind kind, byte[] payload)
    {
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader { Kind = kind, Length = payload.Length, PayloadChecksum = FrameHeader.Checksum(payload) }.Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }

    private void Mark(uint selection, double turnStart, bool discontinuity = false)
    {
        var bytes = new byte[FrameWriter.MarkSize];
        var mark = new Mark { Selection = selection, TurnStart = Timestamp.FromSeconds(turnStart), SendTime = default, LiveEdge = default };
        FrameWriter.Mark(bytes, mark, TrackKind.Video, 0, 0, discontinuity);
        Accept(bytes);
    }

    private void Configure(int rung) => Accept(FrameWriter.Configuration(SyntheticChannel.VideoSetup(rung), rung));

    private ArrivedUnit? Unit(int number, int rung = 0) => Accept(FrameWriter.AccessUnit(_channel.Rungs[rung][number], rung));

    private ArrivedUnit? Accept(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        Assert.True(new FrameReader().TryRead(ref buffer, out var frame));
        return _timeline.Accept(frame, _channel.Length);
    }
}
