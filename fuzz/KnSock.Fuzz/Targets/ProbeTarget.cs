using System.Text;
using System.Text.Json;
using KnSock.Fuzz.Engine;
using KnSock.Media;
using KnSock.Server;
using KnSock.Server.Endpoints.Hls;
using KnSock.Server.Sources;

namespace KnSock.Fuzz.Targets;

/// <summary>What ffprobe says of a file, and all that is derived from it: ladder, loop, segments.</summary>
internal sealed class ProbeTarget : FuzzTarget
{
    private const string Video =
        """{"codec_type":"video","codec_name":"h264","profile":"High","width":1920,"height":1080,"sample_aspect_ratio":"1:1","pix_fmt":"yuv420p","field_order":"progressive","r_frame_rate":"30000/1001","avg_frame_rate":"30/1","duration":"10.000000","tags":{"DURATION":"00:00:10.5"},"disposition":{"attached_pic":0},"side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]}""";

    private const string Audio = """{"codec_type":"audio","codec_name":"aac","duration":"10.02"}""";

    public override string Name => "probe";

    public override bool IsText => true;

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        $$$$"""{"streams":[{{{{Video}}}},{{{{Audio}}}}],"format":{"format_name":"mov,mp4","duration":"10.02","tags":{"title":"A title"}}}""",
        $$$$"""{"streams":[{{{{Audio}}}},{"codec_type":"video","codec_name":"mjpeg","width":640,"height":360,"disposition":{"attached_pic":1}},{{{{Video}}}}],"format":{}}""",
        """{"streams":[{"codec_type":"video","width":2,"height":2,"r_frame_rate":"90000/1","avg_frame_rate":"0/0"}],"format":{"duration":"0.01"}}""",
        "{}",
    }.Select(Encoding.UTF8.GetBytes);

    public override bool IsExpected(Exception exception) => exception is JsonException or LiveStreamServerException;

    public override long AllocationLimit(int length) => (512 * 1024) + (512L * length);

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var source = ProbeResult.Parse(pieces[0], "/videos/a.mp4");
        var video = source.Video;
        FuzzException.Unless(video is { Width: > 0, Height: > 0, CodedPixels: > 0 } && video.Duration > TimeSpan.Zero && video.FrameRate.PerSecond is >= 1 and < 1000, "a picture has an impossible form");
        FuzzException.Unless(!source.Title.Any(char.IsControl), "a title has control characters in it");
        var options = new LadderOptions();
        var ladder = LadderDerivation.Derive(source, options);
        FuzzException.Unless(ladder.Video.Count > 0 && ladder.Video.All(r => r is { Width: > 0, Height: > 0, BitsPerSecond: > 0 }), "a rung has an impossible form");
        FuzzException.Unless(ladder.Video.All(r => r.Width <= 32_768), "a rung is wider than any encoder takes");
        // The lists of a loop are as long as it is, so the work is bounded by hours.
        var loop = new LoopTimeline(ladder.Video[0].FrameRate, video.Duration < TimeSpan.FromHours(1) ? video.Duration : TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), LadderDerivation.SampleRate);
        FuzzException.Unless(loop.FrameCount > 0 && loop.GopCount > 0 && loop.Duration > TimeSpan.Zero, "a loop has no length");
        var plan = loop.FrameCount < 2000 ? new SegmentPlan(loop) : null;
        FuzzException.Unless(plan is null || plan.TargetDuration > 0, "a segment has no length");
        result.Add(loop.FrameCount);
    }
}
