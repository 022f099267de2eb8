using System.Buffers;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Media;
using KnSock.Media.Mp4;

namespace KnSock.Fuzz.Targets;

/// <summary>Fragmented MP4, as ffmpeg writes it.</summary>
internal sealed class Fmp4Target : FuzzTarget
{
    public override string Name => "fmp4";

    public override bool IsStream => true;

    public override int LongestInput => 6000;

    public override IReadOnlyList<byte[]> Words { get; } = BoxRepair.Names;

    public override IEnumerable<byte[]> Seeds() => [Write(SampleFrames.Video, SampleFrames.Audio), Write(SampleFrames.Video, audio: null), Write(video: null, SampleFrames.Audio)];

    public override byte[] Repair(byte[] input, Random random) => BoxRepair.Of(input, random);

    // A fragment may list up to its limit of empty samples whatever its length; the list is made once and grows by doubling.
    public override long AllocationLimit(int length) => (FragmentLimit * 56L * 4) + (256L * length);

    public override bool IsExpected(Exception exception) => exception is MediaFormatException;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var reader = new Fmp4Reader();
        var (bytes, total) = (0L, pieces.Sum(p => (long)p.Length));
        var left = Feeding.All(pieces, (ref ReadOnlySequence<byte> buffer) =>
        {
            if (!reader.TryRead(ref buffer, out var sample))
            {
                return false;
            }

            bytes += sample.Payload.Length;
            FuzzException.Unless(sample.Track < reader.Tracks.Count, "a sample is of a track that there is not");
            result.Add(sample.Dts ^ (sample.Pts << 1) ^ sample.Duration);
            if (sample.Payload.Length > 0)
            {
                result.Add(sample.Payload.ToArray());
            }

            return true;
        });
        FuzzException.Unless(bytes <= total, "more comes out than went in");
        result.Add(left.Length);
        foreach (var track in reader.Tracks)
        {
            result.Add(track.Configuration.Codec);
        }
    }

    private const int FragmentLimit = 131_072;

    private static byte[] Write(VideoConfiguration? video, AudioConfiguration? audio)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new Fmp4Writer(output) { Origin = Timestamp.FromSeconds(-1) };
        writer.WriteInit(video, audio);
        foreach (var unit in SampleFrames.Pictures(0.2).Where(_ => video is not null).Concat(SampleFrames.Sound(0.2).Where(_ => audio is not null)))
        {
            writer.WriteFragment(unit.Kind, [unit]);
        }

        return output.WrittenSpan.ToArray();
    }
}
