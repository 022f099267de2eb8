using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;

namespace KnSock.Server.Tests.Channels;

/// <summary>Makes units as fast as they are taken, and counts.</summary>
internal sealed class FakeEncoder(LoopTimeline timeline, TrackKind kind = TrackKind.Video, int unitBytes = 100)
{
    private int _running;
    private int _made;

    /// <summary>The GOPs from which runs began, and when.</summary>
    public ConcurrentQueue<int> Starts { get; } = new();

    /// <summary>The runs that were asked for.</summary>
    public ConcurrentQueue<EncoderRun> Runs { get; } = new();

    /// <summary>Runs that have not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Units made by all runs.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>Called before each unit; may throw.</summary>
    public Action<int, int>? BeforeUnit { get; set; }

    public async IAsyncEnumerable<EncodedUnit> EncodeAsync(EncoderRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Starts.Enqueue(run.FirstGop);
        Runs.Enqueue(run);
        Interlocked.Increment(ref _running);
        try
        {
            await Task.Yield();
            for (var gop = run.FirstGop; gop < run.EndGop; gop++)
            {
                for (var unit = 0; unit < timeline.UnitsIn(kind, gop) * run.Renditions.Count; unit++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var (number, rendition) = (unit / run.Renditions.Count, unit % run.Renditions.Count);
                    BeforeUnit?.Invoke(gop, number);
                    Interlocked.Increment(ref _made);
                    yield return new EncodedUnit(
                        Unit(timeline, kind, gop, number, unitBytes), kind == TrackKind.Video ? Make.VideoSetup(Array.IndexOf(EncoderRun.Presets, run.Preset)) : Make.AudioSetup, rendition);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public static AccessUnit Unit(LoopTimeline timeline, TrackKind kind, int gop, int unit, int bytes = 100)
    {
        var number = unit + (kind == TrackKind.Video ? timeline.FirstFrame(gop) : timeline.FirstAudioUnit(gop));
        var (start, end) = kind == TrackKind.Video
            ? (timeline.FrameRate.StartOf(number), timeline.FrameRate.StartOf(number + 1))
            : (timeline.AudioUnitStart(number), Timestamp.Min(timeline.AudioUnitStart(number + 1), timeline.GopStart(timeline.GopCount)));
        return new AccessUnit
        {
            Kind = kind,
            Sequence = (uint)number,
            Pts = start,
            Dts = start,
            Duration = end - start,
            IsKeyframe = unit == 0 || kind == TrackKind.Audio,
            Payload = new byte[bytes],
        };
    }
}
