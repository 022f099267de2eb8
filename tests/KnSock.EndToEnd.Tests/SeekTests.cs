using System.Globalization;
using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Media;
using KnSock.Player;
using KnSock.Testing.LipSync;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A viewer on a timeline of its own seeks and pauses: seen on the pictures of the sample, and heard on its beeps.</summary>
[Collection(nameof(Alone))]
public class SeekTests
{
    private const double FrameRate = 30;
    private const int TurnFrames = 600;

    [Fact]
    public async Task Seeks_are_exact_in_picture_and_sound_and_a_pause_loses_nothing()
    {
        var frames = await SampleFrames.LoadAsync(TestVideos.FlashAndBeep);
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        await using var client = new LiveStreamClient(new LiveStreamClientOptions { VideoPort = server.Port, FromBeginning = true });
        var channels = await client.ConnectAsync(TestContext.Current.CancellationToken);
        var seen = new Seen();
        List<(double Position, int First, TimeSpan At)> seeks = [];
        var sink = new ScriptedSink(new CallbackSink(seen.Add, seen.Sound.Add), async (playback, cancellationToken) =>
        {
            await seen.ReachAsync(2.2, cancellationToken);
            foreach (var (position, until) in new[] { (10.15, 12.8), (4.72, 7.2), (18.27, 22.3), (20, 21.2), (39.98, 41.1) })
            {
                seeks.Add((position, seen.Count, TimeProvider.System.GetElapsedTime(0)));
                await playback.SeekAsync(Timestamp.FromSeconds(position), cancellationToken);
                await seen.ReachAsync(until, cancellationToken);
            }

            playback.Paused = true;
            await Task.Delay(100, cancellationToken);
            var (pictures, sound) = (seen.Count, playback.Statistics.AudioSeconds);
            await Task.Delay(3000, cancellationToken);
            Assert.Equal((pictures, sound), (seen.Count, playback.Statistics.AudioSeconds));
            playback.Paused = false;
            await seen.ReachAsync(43.7, cancellationToken);

            // The first three are passed over for the last.
            for (var i = 0; i < 4; i++)
            {
                seeks.Add((playback.StandsAt!.Value.TotalSeconds + 5, seen.Count, TimeProvider.System.GetElapsedTime(0)));
                await Task.WhenAny(playback.SeekAsync(playback.StandsAt.Value + TimeSpan.FromSeconds(5), cancellationToken), Task.Delay(30, cancellationToken));
            }

            seeks.RemoveRange(seeks.Count - 4, 3);
            await seen.ReachAsync(seeks[^1].Position + 2.2, cancellationToken);
        });

        var figures = await client.PlayAsync(channels[0], sink, TestContext.Current.CancellationToken);

        foreach (var (position, first, at) in seeks)
        {
            var picture = seen[seeks[^1].First == first ? seen.FirstFrom(first, position - 0.04) : first];
            var expected = (int)Math.Floor((position * FrameRate) + 0.001);
            Assert.Equal(expected / FrameRate, picture.Pts.TotalSeconds, 1e-4);
            Assert.Equal(expected % TurnFrames, frames.Find(picture.Small));
            TestContext.Current.TestOutputHelper?.WriteLine($"to {position}: {(picture.At - at).TotalMilliseconds:0} ms");
            Assert.InRange((picture.At - at).TotalMilliseconds, 0, 5000);
        }

        // Between the seeks no picture is missing, also not over the seams and the pause.
        var gaps = seen.Gaps(seeks.Select(s => s.First));
        // One at the most that belongs to a seek passed over; on a busy machine pictures may be late, none may be missing without having been.
        Assert.True(gaps.Count <= figures.FramesDropped + 1, string.Join("; ", gaps) + figures);
        var report = LipSyncReport.Of(seen.Sound.Flashes, seen.Sound.Beeps);
        Assert.True(report is { Skews.Count: >= 12, LonelyFlashes: <= 2, LonelyBeeps: <= 2, WorstMs: <= 60 }, report.ToString());
        Assert.True(report.Skews.Count(s => s.Duration().TotalMilliseconds > 20) <= 2, report.ToString());
        Assert.True(figures is { Stalls: 0, StallMs: 0, FramesDropped: <= 15, AvSkewP95Ms: <= 30, Errors.Count: 0 }, figures.ToString());
    }

    [Fact]
    public async Task The_command_starts_at_a_position_and_plays_over_the_seam()
    {
        await using var server = await TestServer.StartAsync(TestVideos.FlashAndBeep);
        var figures = await server.PlayAsync(4, "--start", "0:17.5");
        Assert.True(figures is { Stalls: 0, Errors.Count: 0, FramesPresented: >= 90, AudioSeconds: >= 3.5 }, figures.ToString());
        // At the keyframe at or before the position.
        var line = Assert.Single(server.Process.Error, l => l.Contains(" plays ", StringComparison.Ordinal));
        Assert.InRange(double.Parse(line.Split(" from ")[^1].Split(' ')[0], CultureInfo.InvariantCulture), 16.5, 17.5);
    }

    /// <summary>The pictures that a sink received, and what was heard.</summary>
    private sealed class Seen
    {
        private readonly Lock _lock = new();
        private readonly List<(Timestamp Pts, TimeSpan At, byte[] Small)> _pictures = [];

        public Measurement Sound { get; } = new();

        public int Count
        {
            get
            {
                lock (_lock)
                {
                    return _pictures.Count;
                }
            }
        }

        public (Timestamp Pts, TimeSpan At, byte[] Small) this[int index] => _pictures[index];

        public void Add(VideoFrame frame)
        {
            var picture = (frame.Pts, TimeProvider.System.GetElapsedTime(0), SampleFrames.Shrink(frame.Y, frame.Width, frame.Height));
            lock (_lock)
            {
                _pictures.Add(picture);
            }

            Sound.Add(frame);
        }

        public int FirstFrom(int index, double position) => _pictures.FindIndex(index, p => p.Pts.TotalSeconds >= position);

        /// <summary>How often a picture does not follow the one before, but where it may.</summary>
        public IReadOnlyList<string> Gaps(IEnumerable<int> allowed) =>
        [
            .. Enumerable.Range(1, _pictures.Count - 1).Except(allowed)
                .Where(i => Math.Abs((_pictures[i].Pts - _pictures[i - 1].Pts).TotalSeconds - (1 / FrameRate)) > 1e-4)
                .Select(i => $"{_pictures[i - 1].Pts} to {_pictures[i].Pts}"),
        ];

        public async Task ReachAsync(double position, CancellationToken cancellationToken)
        {
            var start = TimeProvider.System.GetTimestamp();
            while (true)
            {
                lock (_lock)
                {
                    if (_pictures is [.., var last] && last.Pts.TotalSeconds >= position && last.Pts.TotalSeconds < position + 1)
                    {
                        return;
                    }
                }

                Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds < 20, $"{position} s was not reached");
                await Task.Delay(5, cancellationToken);
            }
        }
    }

    /// <summary>A sink that has had enough when its script is through.</summary>
    private sealed class ScriptedSink(IMediaSink inner, Func<IPlayback, CancellationToken, Task> script) : IMediaSink
    {
        public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var playing = inner.RunAsync(playback, stop.Token);
            try
            {
                await await Task.WhenAny(playing, script(playback, stop.Token));
            }
            finally
            {
                await stop.CancelAsync();
                await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
