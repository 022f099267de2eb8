using System.Globalization;
using KnSock.Protocol.Messages;
using KnSock.Server.Tests.Encoding;
using KnSock.Server.Tests.Endpoints.Native;

namespace KnSock.Server.Tests.Endpoints.Http;

/// <summary>The wall clock of the machine is moved while viewers watch.</summary>
public sealed class ClockTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    private const string Date = "#EXT-X-PROGRAM-DATE-TIME:";

    [Fact]
    public async Task AnHourForwardAndTwoBackChangeNothing()
    {
        var clock = new MovableClock();
        await using var serving = await WebServing.StartAsync(videos, change: options => options with { TimeProvider = clock });
        using var viewer = await TestViewer.ConnectAsync(serving.Running.Server);
        await viewer.SendAsync(new Select { Selection = 1, Channel = 0, From = StartPoint.Live, MaxBufferSeconds = 0 });
        using var http = new HttpClient { BaseAddress = serving.Address };
        List<DateTimeOffset> dates = [await DateAsync(http)];
        foreach (var hours in new[] { 1, -2 })
        {
            clock.Moved += TimeSpan.FromHours(hours);
            for (var second = 0; second < 2; second++)
            {
                // Whoever says nothing is let go, whatever the clock.
                await viewer.SendAsync(new Ping { Id = second });
                var frames = viewer.VideoFrames.Count;
                await Eventually.TrueAsync(() => viewer.VideoFrames.Count > frames + 25);
            }

            dates.Add(await DateAsync(http));
        }

        Assert.False(viewer.VideoClosed.IsCompleted);
        var marks = viewer.VideoFrames.Where(f => f.Mark is not null).Select(f => f.Mark!.Value).ToList();
        Assert.All(marks.Zip(marks.Skip(1)), pair => Assert.InRange(pair.Second.SendTime.TotalSeconds - pair.First.SendTime.TotalSeconds, 0, 20));
        Assert.All(marks, m => Assert.InRange(m.LiveEdge.TotalSeconds, 0, 120));
        Assert.All(dates.Zip(dates.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    /// <summary>When the first segment in the lowest rung's playlist was broadcast.</summary>
    private static async Task<DateTimeOffset> DateAsync(HttpClient http)
    {
        var rung = (await http.GetStringAsync("/hls/0/index.m3u8")).Split('\n').First(l => l.Length > 0 && l[0] != '#');
        var playlist = await http.GetStringAsync($"/hls/0/{rung}");
        return DateTimeOffset.Parse(playlist.Split('\n').First(l => l.StartsWith(Date, StringComparison.Ordinal))[Date.Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>The system's time with a wall clock that can be moved.</summary>
    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Moved { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Moved;
    }
}
