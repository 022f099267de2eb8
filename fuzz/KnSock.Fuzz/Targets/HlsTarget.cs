using System.Text;
using KnSock.Fuzz.Engine;
using KnSock.Media;
using KnSock.Server.Endpoints.Hls;
using KnSock.Server.Sources;

namespace KnSock.Fuzz.Targets;

/// <summary>Numbers and queries of HLS requests, and the segments that they lead to.</summary>
internal sealed class HlsTarget : FuzzTarget
{
    private static readonly BroadcastIdentity Broadcast = new("abc123", DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000));

    private static readonly SegmentPlan[] Plans =
    [
        new(new LoopTimeline(new FrameRate(30, 1), TimeSpan.FromSeconds(12.3), TimeSpan.FromSeconds(1), 48_000)),
        new(new LoopTimeline(new FrameRate(24_000, 1001), TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(1), 48_000)),
        new(new LoopTimeline(new FrameRate(60, 1), TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(2), 48_000)),
    ];

    public override string Name => "hls";

    public override bool IsText => true;

    public override int LongestInput => 200;

    /// <summary>A segment, a part, and those of a query, a line each.</summary>
    public override IEnumerable<byte[]> Seeds() =>
        ["1728000000\n0\n1728000003\n2"u8.ToArray(), "0\n1\n2\n3"u8.ToArray(), "1728000001\n\n1728000001\n"u8.ToArray(), "999999999999999\n999999999999999\n999999999999999\n1"u8.ToArray()];

    public override long AllocationLimit(int length) => 32 * 1024;

    public override bool IsExpected(Exception exception) => false;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var fields = Encoding.UTF8.GetString(pieces[0].Span).Split('\n');
        string? Field(int index) => index < fields.Length ? fields[index] : null;
        foreach (var plan in Plans)
        {
            if (ReloadRequest.TryRead(Field(2), Field(3), Broadcast, plan, out var reload) && reload is { } wanted)
            {
                FuzzException.Unless(wanted.Segment >= 0 && wanted.Part is null or >= 0, "a query asks for what cannot be");
                result.Add(wanted.IsTooFarAhead(10) ? 1 : wanted.Segment);
            }

            if (HlsNumbers.TryRead(Field(0), out var number) && Broadcast.SegmentOf(number) is >= 0 and var index)
            {
                Look(plan, index, Field(1), result);
            }
        }
    }

    private static void Look(SegmentPlan plan, long index, string? name, Digest result)
    {
        var segment = plan[index];
        FuzzException.Unless(segment.FirstFrame >= 0 && segment.EndFrame > segment.FirstFrame && segment.Parts > 0, "a segment has no frames");
        FuzzException.Unless(plan.SegmentAt(segment.FirstFrame).Number == index, "a segment does not begin in itself");
        if (HlsNumbers.TryRead(name, out var part) && part < segment.Parts)
        {
            var (first, end) = (segment.PartStart((int)part), segment.PartStart((int)part + 1));
            FuzzException.Unless(first < end, "a part has no frames");
            FuzzException.Unless(plan.DurationOf(TrackKind.Video, first, end) > TimeSpan.Zero, "a part has no length");
            result.Add(plan.FragmentsBefore(TrackKind.Audio, segment, (int)part));
        }
    }
}
