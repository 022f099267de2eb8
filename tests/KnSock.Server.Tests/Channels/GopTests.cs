using System.Buffers;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Channels;

/// <summary>Frames one behind the other in memory that grows while others read it.</summary>
public sealed class GopTests
{
    private const int Units = 60;

    private static readonly LoopTimeline Timeline = Make.Timeline(Make.Fps(60), 3);

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(1_000_000)]
    public void FramesLieOneBehindTheOther(int expectedBytes)
    {
        var (gop, units) = (Create(expectedBytes), RandomUnits(1));
        foreach (var unit in units)
        {
            gop.Append(unit, rendition: 1);
            AssertHolds(gop, units.Take(gop.Count));
        }

        Assert.True(gop.IsComplete);
        Assert.Equal(units.Sum(u => FrameHeader.Size + u.Payload.Length), gop.Bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => gop[Units]);
        Assert.Throws<ArgumentOutOfRangeException>(() => gop.Frames(0, Units + 1));
    }

    [Fact]
    public void WhatIsStoredIsWhatWasAppended()
    {
        var (gop, units) = (Create(0), RandomUnits(2));
        units.ForEach(u => gop.Append(u, rendition: 0));

        var stored = gop.ToStored();

        Assert.Same(gop.Configuration, stored.Configuration);
        Assert.Equal(units.Select(u => u with { Payload = default }), stored.Units.Select(u => u with { Payload = default }));
        Assert.All(units.Zip(stored.Units), pair => Assert.Equal(pair.First.Payload.ToArray(), pair.Second.Payload.ToArray()));
    }

    /// <summary>Whoever holds a piece of it keeps what he has, whether it grew or was completed since.</summary>
    [Fact]
    public async Task WhoReadsMeanwhileReadsTheSame()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var (gop, units) = (Create(0), RandomUnits(seed));
            var whole = units.SelectMany(u => FrameWriter.AccessUnit(u, 0)).ToArray();
            var reading = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                var held = new List<(int Start, ReadOnlyMemory<byte> Bytes)>();
                while (!gop.IsComplete)
                {
                    if (gop.Count is > 0 and var count)
                    {
                        var first = held.Count % count;
                        held.Add((gop.Start(first), gop.Frames(first, count)));
                        Assert.Equal(units[count - 1].Dts, gop[count - 1].Dts);
                    }
                }

                return held.TakeLast(5000).All(h => whole.AsSpan(h.Start, h.Bytes.Length).SequenceEqual(h.Bytes.Span));
            })).ToList();
            units.ForEach(u => gop.Append(u, rendition: 0));

            Assert.True(Array.TrueForAll(await Task.WhenAll(reading), isRight => isRight), $"seed {seed}");
        }
    }

    private static Gop Create(int expectedBytes) => new(0, Units, Make.VideoSetup(), FrameWriter.Configuration(Make.VideoSetup(), 0), preset: null, expectedBytes);

    private static List<AccessUnit> RandomUnits(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Units).Select(i =>
        {
            var payload = new byte[random.Next(2) == 0 ? random.Next(20) : random.Next(5000)];
            random.NextBytes(payload);
            return FakeEncoder.Unit(Timeline, TrackKind.Video, 0, i) with { Payload = payload };
        })];
    }

    private static void AssertHolds(Gop gop, IEnumerable<AccessUnit> units)
    {
        var list = units.ToList();
        var buffer = new ReadOnlySequence<byte>(gop.Frames(0, gop.Count));
        var reader = new FrameReader();
        for (var i = 0; i < list.Count; i++)
        {
            Assert.Equal(gop.Start(i), gop.Frames(0, gop.Count).Length - (int)buffer.Length);
            Assert.True(reader.TryRead(ref buffer, out var frame));
            Assert.Equal((list[i].Sequence, list[i].Pts, list[i].IsKeyframe), (frame.Header.Sequence, frame.Header.Pts, frame.Header.Flags.HasFlag(FrameFlags.Keyframe)));
            Assert.True(list[i].Payload.Span.SequenceEqual(frame.Payload.ToArray()));
            Assert.True(list[i].Payload.Span.SequenceEqual(gop[i].Payload.Span));
        }

        Assert.True(buffer.IsEmpty);
        Assert.Equal(0, reader.SkippedBytes);
    }
}
