using System.Buffers;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Encoding;
using KnSock.Simulation.Media;

namespace KnSock.Shaped.Media;

/// <summary>Writes one rung with the sound into an MP4 file, turn after turn on one timeline, the very units that the server sends.</summary>
internal static class RungFile
{
    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(EncodedMedia media, int rung, int turns, string path, CancellationToken cancellationToken)
    {
        var (pictures, sound) = (media.Pictures[rung], media.Sound);
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new Fmp4Writer(bytes) { Origin = pictures[0].Unit.Dts };
        writer.WriteInit((VideoConfiguration)pictures[0].Configuration, (AudioConfiguration)sound[0].Configuration);
        await using var file = File.Create(path);
        for (var turn = 0; turn < turns; turn++)
        {
            var shift = media.Timeline.Duration * turn;
            for (var gop = 0; gop < media.Timeline.GopCount; gop++)
            {
                WriteGop(writer, TrackKind.Video, pictures, media.Timeline.FirstFrame(gop), media.Timeline.FirstFrame(gop + 1), shift);
                WriteGop(writer, TrackKind.Audio, sound, media.Timeline.FirstAudioUnit(gop), media.Timeline.FirstAudioUnit(gop + 1), shift);
            }

            await file.WriteAsync(bytes.WrittenMemory, cancellationToken);
            bytes.Clear();
        }
    }

    private static void WriteGop(Fmp4Writer writer, TrackKind kind, IReadOnlyList<EncodedUnit> units, long first, long end, TimeSpan shift)
    {
        List<AccessUnit> shifted = [];
        for (var i = (int)first; i < end; i++)
        {
            var unit = units[i].Unit;
            shifted.Add(unit with { Pts = unit.Pts + shift, Dts = unit.Dts + shift });
        }

        if (shifted.Count > 0)
        {
            writer.WriteFragment(kind, shifted);
        }
    }
}
