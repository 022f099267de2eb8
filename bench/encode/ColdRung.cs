using System.Diagnostics;
using System.Globalization;
using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.EncodeBenchmark;

/// <summary>
/// Time from a viewer's taking of a rung that nobody watches, at a random place, until the first GOP of it can be sent: its first unit is there, from
/// which on it is sent as it is made; and until the whole GOP is there.
/// </summary>
internal static class ColdRung
{
    private const int Samples = 15;
    private const int Seed = 1;

    public static async Task RunAsync(string video)
    {
        var clock = new ServerClock(TimeProvider.System);
        var tools = await FfmpegTools.FindAsync(CancellationToken.None);
        var source = await new SourceProber(tools, TimeSpan.FromSeconds(20), clock).ProbeAsync(video, CancellationToken.None);
        using var metrics = new ServerMetrics(factory: null);
        using var places = new EncoderPlaces(4);
        var options = new LiveStreamServerOptions { VideoPaths = [video], Store = new StoreOptions { IsEnabled = false }, Ladder = new LadderOptions { Passthrough = false } };
        Console.WriteLine();
        Console.WriteLine($"A cold rung at a random second, {Samples} times each, ms:");
        Console.WriteLine("rung    first unit: median   p90  whole GOP: median   p90");
        var (firsts, wholes) = (new List<double>(), new List<double>());
        var factory = new ChannelFactory(options, tools, store: null, places, clock, metrics, NullLogger.Instance);
        var rungs = (await factory.CreateAsync("bench", source, isLive: false, CancellationToken.None)).Video.Count;
        for (var rung = 0; rung < rungs; rung++)
        {
            var random = new Random(Seed);
            var (first, whole) = (new List<double>(), new List<double>());
            for (var sample = 0; sample < Samples; sample++)
            {
                var media = await factory.CreateAsync("bench", source, isLive: false, CancellationToken.None);
                var times = await MeasureAsync(media, media.Video[rung], random.Next(media.Timeline.GopCount));
                first.Add(times.First);
                whole.Add(times.Whole);
            }

            Print(rungs: $"{(await factory.CreateAsync("bench", source, isLive: false, CancellationToken.None)).Video[rung].Rendition.Name}", first, whole);
            firsts.AddRange(first);
            wholes.AddRange(whole);
        }

        Print("all", firsts, wholes);
    }

    private static async Task<(double First, double Whole)> MeasureAsync(ChannelMedia media, RenditionTrack track, int gop)
    {
        using var stopping = new CancellationTokenSource();
        var feeder = new TrackFeeder(track, media.Encode, new TrackFeederOptions { Grace = TimeSpan.FromSeconds(5) }, NullLogger.Instance);
        var running = feeder.RunAsync(stopping.Token);
        var start = Stopwatch.GetTimestamp();
        double first;
        using (track.OpenReader(gop))
        {
            await UntilAsync(track, () => track.ReadyUnits(gop) > 0);
            first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            await UntilAsync(track, () => track[gop] is { IsComplete: true });
        }

        var whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await stopping.CancelAsync();
        await running;
        return (first, whole);
    }

    private static async Task UntilAsync(RenditionTrack track, Func<bool> condition)
    {
        while (true)
        {
            var changed = track.Changed;
            if (condition())
            {
                return;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private static void Print(string rungs, List<double> first, List<double> whole) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{rungs,-6}  {At(first, 0.5),18:0}  {At(first, 0.9),4:0}  {At(whole, 0.5),17:0}  {At(whole, 0.9),4:0}"));

    private static double At(List<double> values, double share) => values.Order().ElementAt((int)(values.Count * share));
}
