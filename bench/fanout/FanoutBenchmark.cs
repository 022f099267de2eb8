using System.Globalization;
using System.Net;
using KnSock.Fanout.Interop;
using KnSock.Fanout.Load;
using KnSock.Fanout.Processes;

namespace KnSock.Fanout;

/// <summary>What it costs to serve many viewers on this machine: the server and the yardstick by turns, with the same viewers.</summary>
/// <param name="options">What is measured.</param>
/// <param name="progress">Is told what goes on.</param>
public sealed class FanoutBenchmark(FanoutOptions options, Action<string> progress)
{
    private const int FilesBeside = 200;
    private const int ReadAheadSeconds = 8;
    private const double RecordedSeconds = 5;
    private static readonly TimeSpan FindingTheRung = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RecordingWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(20);

    /// <summary>Measures.</summary>
    /// <exception cref="FanoutException">It cannot be measured here.</exception>
    public async Task<FanoutReport> RunAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new FanoutException("fan-out can be measured on Linux only");
        }

        Require(OpenFiles.Raise(), "this process");
        using var folder = new WorkFolder();
        progress("preparing the video and the server");
        await using var server = await ServerUnderTest.StartAsync(options, folder, cancellationToken);
        Require(ProcessFigures.OpenFilesOf(server.Process.Id), "the server");
        var target = new LoadTarget
        {
            Server = server.EndPoint,
            Transport = options.Transport,
            Channels = options.Channels,
            MaxBufferSeconds = options.Edge == FanoutEdge.Live ? 0 : ReadAheadSeconds,
        };
        var recording = await RecordAsync(target, cancellationToken);
        await recording.WriteAsync(folder.File("recording"), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var memoryBefore = ProcessFigures.ResidentKiBOf(server.Process.Id);

        var rounds = new List<(SideResult Server, SideResult? Yardstick)>();
        for (var i = 0; i < options.Rounds; i++)
        {
            // What goes first changes, so that a drift of the machine is not one side's.
            var yardstickFirst = i % 2 == 1;
            var yardstick = yardstickFirst ? await MeasureYardstickAsync(recording, folder, i, cancellationToken) : null;
            progress(Round(i, $"{options.Viewers} viewers of the server"));
            var result = await new SideMeasurement(options, target, server.Process).RunAsync(cancellationToken);
            yardstick ??= await MeasureYardstickAsync(recording, folder, i, cancellationToken);
            rounds.Add((result, yardstick));
        }

        return ReportComposition.Of(options, rounds, memoryBefore);
    }

    private string Round(int index, string what) =>
        options.Rounds == 1 ? what : string.Create(CultureInfo.InvariantCulture, $"round {index + 1} of {options.Rounds}: {what}");

    private async Task<SideResult?> MeasureYardstickAsync(Recording recording, WorkFolder folder, int round, CancellationToken cancellationToken)
    {
        if (!options.HasYardstick)
        {
            return null;
        }

        progress(Round(round, $"{options.Viewers} viewers of the yardstick"));
        string[] line =
        [
            .. options.KnSock, "bench", "yardstick", folder.File("recording"),
            "--viewers", options.Viewers.ToString(CultureInfo.InvariantCulture),
            "--batch-ms", options.EffectiveBatch.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        ];
        await using var child = Child.Start("the yardstick", line);
        var ready = await child.WaitForLineAsync("port ", ReadyWithin, cancellationToken);
        var target = new LoadTarget
        {
            Server = new IPEndPoint(IPAddress.Loopback, int.Parse(ready["port ".Length..], CultureInfo.InvariantCulture)),
            LoopLength = recording.Length,
        };
        return await new SideMeasurement(options, target, child).RunAsync(cancellationToken);
    }

    /// <summary>What the yardstick sends is what a viewer of the server gets.</summary>
    private async Task<Recording> RecordAsync(LoadTarget target, CancellationToken cancellationToken)
    {
        progress("recording what a viewer gets");
        await using var load = new LoadGenerator(target);
        var (viewer, kept) = await load.AddRecorderAsync();
        var start = Clock.Now;
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            var (fault, bytes) = await load.AskAsync(() => (viewer.Fault, (kept.Video.ToArray(), kept.Audio.ToArray())));
            if (fault is not null)
            {
                throw new FanoutException($"a viewer got no stream: {fault}");
            }

            // Of several rungs a viewer gets to its own within some seconds.
            var settled = (await load.CatalogAsync())?.Channels[0].Renditions.Count == 1 ? TimeSpan.Zero : FindingTheRung;
            var passed = TimeSpan.FromMicroseconds(Clock.Now - start);
            if (passed >= settled && Recording.TryCut(bytes.Item1, bytes.Item2, RecordedSeconds) is { } recording)
            {
                return recording;
            }

            if (passed > RecordingWithin)
            {
                throw new FanoutException($"a viewer did not get {RecordedSeconds:0} s of the stream within {RecordingWithin.TotalSeconds:0} s");
            }
        }
    }

    private void Require(long openFiles, string who)
    {
        var needed = (options.AllViewers * 3) + FilesBeside;
        if (openFiles < needed)
        {
            throw new FanoutException($"{options.AllViewers} viewers need {needed} open files, and {who} may have {openFiles}; raise the hard limit (ulimit -Hn)");
        }
    }
}
