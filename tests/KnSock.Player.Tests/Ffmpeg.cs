using System.Buffers;
using System.Diagnostics;
using KnSock.Media;
using KnSock.Media.Mp4;

namespace KnSock.Player.Tests;

/// <summary>The real ffmpeg: what it encodes, as the units of a stream, and what it decodes itself, to compare with.</summary>
internal static class Ffmpeg
{
    private const string Fragmented = "-movflags frag_every_frame+empty_moov+default_base_moof -f mp4 pipe:1";

    /// <summary>Encodes a source of libavfilter into H.264 at one keyframe each second.</summary>
    public static Encoded Video(string source, double seconds, string options = "-bf 2 -pix_fmt yuv420p -profile:v high") =>
        Encoded.Read(TrackKind.Video, Run($"-f lavfi -i {source} -t {seconds} -c:v libx264 -preset veryfast -g 30 -sc_threshold 0 {options} {Fragmented}"));

    /// <summary>Encodes a source of libavfilter into AAC.</summary>
    public static Encoded Audio(string source, double seconds, string options = "-ac 2 -b:a 128k") =>
        Encoded.Read(TrackKind.Audio, Run($"-f lavfi -i {source} -t {seconds} -c:a aac {options} {Fragmented}"));

    /// <summary>Runs ffmpeg and gives what it writes to its standard output; fails on any complaint.</summary>
    public static byte[] Run(string arguments, byte[]? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", $"-nostdin -v error {arguments}")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feeding.Wait();
        Assert.Equal("", complaints.Result);
        return output.ToArray();
    }
}

/// <summary>An encoded track.</summary>
/// <param name="Configuration">Set-up of its decoder.</param>
/// <param name="Units">Its units in decoding order.</param>
/// <param name="File">The file that they are from.</param>
internal sealed record Encoded(DecoderConfiguration Configuration, IReadOnlyList<AccessUnit> Units, byte[] File)
{
    public VideoConfiguration Picture => (VideoConfiguration)Configuration;

    public AudioConfiguration Sound => (AudioConfiguration)Configuration;

    /// <summary>The picture as ffmpeg decodes it: I420 frames in order of presentation.</summary>
    public byte[] DecodedPictures() => Ffmpeg.Run("-f mp4 -i pipe:0 -fps_mode passthrough -pix_fmt yuv420p -f rawvideo pipe:1", File);

    public static Encoded Read(TrackKind kind, byte[] file)
    {
        var reader = new Fmp4Reader();
        var buffer = new ReadOnlySequence<byte>(file);
        List<AccessUnit> units = [];
        while (reader.TryRead(ref buffer, out var sample))
        {
            units.Add(new AccessUnit
            {
                Kind = kind,
                Sequence = (uint)units.Count,
                Pts = Timestamp.FromUnits(sample.Pts, reader.Timescale),
                Dts = Timestamp.FromUnits(sample.Dts, reader.Timescale),
                Duration = Timestamp.FromUnits(sample.Duration, reader.Timescale).SinceZero,
                IsKeyframe = sample.IsKeyframe,
                Payload = sample.Payload.ToArray(),
            });
        }

        return new Encoded(reader.Configuration!, units, file);
    }
}
