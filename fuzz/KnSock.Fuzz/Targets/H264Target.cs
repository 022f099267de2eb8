using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Media;
using KnSock.Media.H264;

namespace KnSock.Fuzz.Targets;

/// <summary>Set-ups of H.264, their parameter sets, and the NAL units of samples.</summary>
internal sealed class H264Target : FuzzTarget
{
    public override string Name => "h264";

    public override int LongestInput => 5000;

    public override IEnumerable<byte[]> Seeds()
    {
        var avc = AvcConfiguration.Read(SampleFrames.Video.Setup.Span);
        return [SampleFrames.Video.Setup.ToArray(), avc.SequenceParameterSets[0].ToArray(), [0, 0, 0, 2, 0x65, 1, 0, 0, 0, 1, 0x41], [0x67, 100, 0, 31, 0xFF, 0, 0, 3, 0, 0, 3]];
    }

    public override long AllocationLimit(int length) => (16 * 1024) + (16L * length);

    public override bool IsExpected(Exception exception) => exception is MediaFormatException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var bytes = pieces[0].Span;
        foreach (var size in (ReadOnlySpan<int>)[1, 2, 4])
        {
            LookAtUnits(bytes, size, result);
        }

        try
        {
            var set = SequenceParameterSet.Read(bytes);
            CheckSize(set.Width, set.Height);
        }
        catch (MediaFormatException e)
        {
            result.Add(e.Message);
        }

        var video = AvcConfiguration.ToVideoConfiguration(bytes);
        CheckSize(video.Width, video.Height);
        result.Add(video.Codec);
    }

    private static void LookAtUnits(ReadOnlySpan<byte> sample, int size, Digest result)
    {
        var isValid = NalUnits.IsValid(sample, size);
        var count = 0;
        try
        {
            foreach (var unit in new NalUnits(sample, size))
            {
                count += (int)NalUnits.TypeOf(unit) + 1;
            }

            result.Add(count);
        }
        catch (MediaFormatException)
        {
            FuzzException.Unless(!isValid, "a sample passes for valid and cannot be gone through");
        }
    }

    private static void CheckSize(int width, int height) =>
        FuzzException.Unless(width is > 0 and <= SequenceParameterSet.MaxDimension && height is > 0 and <= SequenceParameterSet.MaxDimension, "a picture has an impossible size");
}
