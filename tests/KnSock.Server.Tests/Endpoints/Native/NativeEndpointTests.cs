using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>What viewers are sent, over real sockets on loopback.</summary>
public sealed class NativeEndpointTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Fact]
    public async Task FramesComeInOrder()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        Assert.Equal("plain.mp4", Assert.Single(viewer.Catalog.Channels).Name);

        await viewer.PlayAsync(selection: 7);

        foreach (var frames in new[] { viewer.VideoFrames, viewer.AudioFrames })
        {
            var first = frames.Take(3).ToArray();
            Assert.Equal([FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit], first.Select(f => f.Header.Kind));
            Assert.Equal(7u, first[0].Mark!.Value.Selection);
            Assert.True(first[0].Header.Flags.HasFlag(FrameFlags.Discontinuity));
            Assert.True(first[2].Header.Flags.HasFlag(FrameFlags.Keyframe));
        }

        await viewer.SendAsync(new Ping { Id = 42 });
        Assert.Equal(42, (await viewer.ReceiveAsync<Pong>()).Id);
    }

    [Theory]
    [InlineData("one-frame.mp4")]
    [InlineData("tiny-tail.mp4")]
    [InlineData("no-sound.mp4")]
    public async Task ShortAndOddLoopsPlayOverManySeams(string video)
    {
        await using var running = await RunningServer.StartAsync(videos, video: video);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        var duration = viewer.Catalog.Channels[0].DurationSeconds;

        // MaxBuffer is 8 s, so that much comes without any feedback.
        await Eventually.TrueAsync(() => viewer.VideoFrames.Count(f => f.Mark is not null) > 4 && Turns(viewer.VideoFrames) >= (int)(7.5 / duration));
        await Eventually.TrueAsync(() => Turns(viewer.AudioFrames) >= (int)(7.5 / duration));

        Assert.InRange(running.Children, 0, 4);
    }

    [Theory]
    [InlineData(StartPoint.Live, 0)]
    [InlineData(StartPoint.Beginning, 4)]
    public async Task SoundComesOnThePicturesConnectionForWhomWantsItThere(StartPoint from, double maxBuffer)
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server, sharedAudio: true);
        await viewer.SendAsync(new Select { Selection = 3, Channel = 0, From = from, MaxBufferSeconds = maxBuffer });
        Assert.Equal(maxBuffer, (await viewer.ReceiveAsync<Selected>()).MaxBufferSeconds);

        await Eventually.TrueAsync(() => Of(viewer, TrackKind.Audio).Count(IsUnit) > 100 && Of(viewer, TrackKind.Video).Count(IsUnit) > 60);

        foreach (var kind in (TrackKind[])[TrackKind.Audio, TrackKind.Video])
        {
            var frames = Of(viewer, kind);
            Assert.Equal([FrameKind.Mark, FrameKind.Configuration, FrameKind.AccessUnit], frames.Take(3).Select(f => f.Header.Kind));
            Assert.True(frames[0].Header.Flags.HasFlag(FrameFlags.Discontinuity));
            var marks = frames.Where(f => f.Mark is not null).ToList();
            Assert.Equal(Enumerable.Range(0, marks.Count).Select(n => (uint)n), marks.Select(m => m.Header.Sequence));
            Assert.All(marks, m => Assert.Equal(3u, m.Mark!.Value.Selection));
        }

        Assert.Empty(viewer.AudioFrames);
        Assert.Equal(1, running.Gauges.Sessions);

        static IReadOnlyList<Arrived> Of(TestViewer viewer, TrackKind kind) => Sessions.WireOrder.Of(kind, viewer.VideoFrames);
        static bool IsUnit(Arrived frame) => frame.Header.Kind == FrameKind.AccessUnit;
    }

    [Fact]
    public async Task WhatComesInOnePacketWithTheHelloIsHeard()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(
            running.Server, sharedAudio: false, new Ping { Id = 9 }, new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning }, new Ping { Id = 10 });

        Assert.Equal(9, (await viewer.ReceiveAsync<Pong>()).Id);
        Assert.Equal(1u, (await viewer.ReceiveAsync<Selected>()).Selection);
        Assert.Equal(10, (await viewer.ReceiveAsync<Pong>()).Id);
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 5 && TestViewer.Units(viewer.AudioFrames) > 5);
    }

    [Fact]
    public async Task NoMoreEncodersRunThanAllowedAndAllThatIsWantedIsStillMade()
    {
        await using var running = await RunningServer.StartAsync(videos, o => o with { Encoding = o.Encoding with { MaxProcesses = 2 } });
        using var first = await TestViewer.ConnectAsync(running.Server);
        using var second = await TestViewer.ConnectAsync(running.Server);
        await first.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Beginning });
        await second.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Position, PositionSeconds = 2 });

        var most = 0;
        await Eventually.TrueAsync(() =>
        {
            most = Math.Max(most, running.Children);
            return TestViewer.Units(first.VideoFrames) > 150 && TestViewer.Units(second.VideoFrames) > 150;
        });

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task SelectionsThatCannotBeAreRefusedAndTheSessionLivesOn()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        Select[] bad =
        [
            new() { Selection = 1, Channel = -1 }, new() { Selection = 2, Channel = 1 }, new() { Selection = 3, Channel = int.MaxValue },
            new() { Selection = 4, Name = "nothing.mp4" }, new() { Selection = 5 }, new() { Selection = 5, Channel = 0 }, new() { Selection = 0, Channel = 0 },
            new() { Selection = 6, Channel = 0, From = StartPoint.Position, PositionSeconds = -1 },
            new() { Selection = 7, Channel = 0, From = StartPoint.Position, PositionSeconds = 1e300 },
        ];
        foreach (var select in bad)
        {
            await viewer.SendAsync(select);
            Assert.Equal(select.Selection, (await viewer.ReceiveAsync<ErrorNotice>()).Selection);
        }

        await viewer.SendAsync(new Select { Selection = 8, Name = "plain.mp4", From = StartPoint.Position, PositionSeconds = 1_234_567.5 });
        Assert.InRange((await viewer.ReceiveAsync<Selected>()).StartSeconds, 1_234_566, 1_234_567.5);
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > 5);
    }

    [Fact]
    public async Task AChangeOfSelectionLosesNoFrameBoundary()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        await viewer.PlayAsync();
        for (uint selection = 2; selection < 12; selection++)
        {
            await viewer.SendAsync(new Select { Selection = selection, Channel = 0, From = selection % 2 == 0 ? StartPoint.Beginning : StartPoint.Live });
        }

        await Eventually.TrueAsync(() => viewer.VideoFrames.Any(f => f.Mark?.Selection == 11) && viewer.AudioFrames.Any(f => f.Mark?.Selection == 11));

        // Frames are verified by their checksums: had one been cut, the marks would show a gap.
        foreach (var frames in new[] { viewer.VideoFrames, viewer.AudioFrames })
        {
            var marks = frames.Where(f => f.Mark is not null).ToArray();
            Assert.Equal(Enumerable.Range(0, marks.Length).Select(n => (uint)n), marks.Select(m => m.Header.Sequence));
            var selections = marks.Select(m => m.Mark!.Value.Selection).ToArray();
            Assert.Equal(selections.Order(), selections);
        }
    }

    private static int Turns(IEnumerable<Arrived> frames) =>
        frames.Where(f => f.Mark is not null).Select(f => f.Mark!.Value.TurnStart).Distinct().Count();
}
