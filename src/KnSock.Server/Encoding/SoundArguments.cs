using System.Globalization;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Server.Encoding;

/// <summary>Composes ffmpeg's arguments for a run of the sound.</summary>
/// <remarks>
/// An AAC unit overlaps with the one before and the one behind, over the seam of the loop as anywhere. So a run that comes to the seam goes through it:
/// the encoder hears the turn's sound up to its end, silence up to whole units, and the turn's start again, which is what the decoder plays.
/// </remarks>
internal static class SoundArguments
{
    /// <summary>AAC units that the encoder gives out before the first one asked for: its priming, and one to be in swing.</summary>
    public const int UnitsBefore = 2;

    /// <summary>AAC units that are encoded behind the last one asked for, which overlaps with its successor.</summary>
    private const int UnitsBehind = 2;

    /// <summary>Decoded before the first sample of a stretch, so that containers that seek roughly still have it.</summary>
    private const double PrerollSeconds = 2;

    public static IReadOnlyList<string> For(MediaSource source, LoopTimeline timeline, AudioRendition rendition, EncoderRun run)
    {
        // The priming is a unit of the encoder's own, so the input begins one unit before.
        var (from, to) = (timeline.FirstAudioUnit(run.FirstGop) - UnitsBefore + 1, timeline.FirstAudioUnit(run.EndGop) + UnitsBehind);
        return
        [
            .. EncoderArguments.Common, .. Heard(source, timeline, new Hearing(rendition.SampleRate, rendition.IsMixed), from, to), "-map", "[sound]",
            "-ac", Text(rendition.Channels), "-c:a", "aac", "-b:a", Text(rendition.BitsPerSecond),
            // Mid and side, of which the side is nothing.
            .. rendition.IsMixed ? (string[])["-cutoff", Text(Cutoff(rendition.BitsPerSecond)), "-aac_ms", "1"] : [],
            .. EncoderArguments.Output,
        ];
    }

    /// <summary>Samples as they are have no neighbours: a run has its own units and nothing else, the last of a turn filled up with silence.</summary>
    public static IReadOnlyList<string> For(MediaSource source, LoopTimeline timeline, PcmRendition rendition, EncoderRun run)
    {
        var (from, to) = (timeline.FirstAudioUnit(run.FirstGop), timeline.FirstAudioUnit(run.EndGop));
        return
        [
            .. EncoderArguments.Common, .. Heard(source, timeline, new Hearing(rendition.SampleRate, IsMixed: false), from, to, $"asetnsamples=n={AudioRendition.SamplesPerUnit}"),
            "-map", "[sound]", "-ac", Text(rendition.Channels), "-c:a", "pcm_s16le", .. EncoderArguments.OutputAs("mov"),
        ];
    }

    /// <summary>Inputs and filter for the units of an endless loop from one to another.</summary>
    private static IEnumerable<string> Heard(MediaSource source, LoopTimeline timeline, Hearing hearing, long from, long to, string? last = null)
    {
        var stretches = source.HasAudio ? Stretches(from, to, timeline.FirstAudioUnit(timeline.GopCount)).ToArray() : [];
        var end = last is null ? "[sound]" : $",{last}[sound]";
        IReadOnlyList<string> inputs = source.HasAudio
            ? [.. stretches.SelectMany(s => Input(source, hearing, s))]
            : ["-f", "lavfi", "-i", $"anullsrc=r={hearing.SampleRate}:cl=stereo"];
        var filter = source.HasAudio
            ? string.Concat(stretches.Select((s, index) => $"[{index}:a:0]{Cut(timeline, hearing, s)}[s{index}];"))
                + $"{string.Concat(stretches.Select((_, index) => $"[s{index}]"))}concat=n={stretches.Length}:v=0:a=1{end}"
            : $"[0:a:0]atrim=end_sample={Text((to - from) * AudioRendition.SamplesPerUnit)}{end}";
        return [.. inputs, "-filter_complex", filter];
    }

    /// <summary>The parts of a turn, in units, that follow each other in an endless loop from one unit to another.</summary>
    private static IEnumerable<(long From, long To)> Stretches(long from, long to, long total)
    {
        while (from < to)
        {
            var start = ((from % total) + total) % total;
            var end = Math.Min(start + (to - from), total);
            yield return (start, end);
            from += end - start;
        }
    }

    private static string[] Input(MediaSource source, Hearing hearing, (long From, long To) stretch)
    {
        var first = stretch.From * AudioRendition.SamplesPerUnit;
        return
        [
            .. EncoderArguments.Seek(source, Timestamp.FromUnits(first - Preroll(hearing, first), hearing.SampleRate)),
            .. InputGuard.Options, "-i", InputGuard.Url(source.Path),
        ];
    }

    /// <summary>Brings the sound onto the picture's zero, fills its gaps, cuts the preroll and what lies behind the turn, and pads to whole units.</summary>
    private static string Cut(LoopTimeline timeline, Hearing hearing, (long From, long To) stretch)
    {
        var first = stretch.From * AudioRendition.SamplesPerUnit;
        var preroll = Preroll(hearing, first);
        var samples = (stretch.To - stretch.From) * AudioRendition.SamplesPerUnit;
        var turn = (long)Math.Round(timeline.Duration.TotalSeconds * hearing.SampleRate);
        return string.Join(
            ',',
            [
                $"aresample={hearing.SampleRate}:async=1:min_hard_comp=0.02:first_pts=0",
                "aformat=sample_fmts=fltp:channel_layouts=stereo",
                .. hearing.IsMixed ? (string[])["pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0+0.5*c1"] : [],
                .. preroll > 0 ? (string[])[$"atrim=start_sample={Text(preroll)}", "asetpts=N/SR/TB"] : [],
                .. turn < first + samples ? (string[])[$"atrim=end_sample={Text(turn - first)}"] : [],
                // Where the sound ended before the stretch there is no time to go on from.
                "apad", "asetpts=N/SR/TB",
                $"atrim=end_sample={Text(samples)}",
            ]);
    }

    /// <summary>Up to which frequency a single channel is worth coding at a rate: what ffmpeg takes for one, where it sees two here and would halve the rate.</summary>
    private static int Cutoff(int bitsPerSecond) => Math.Min(Math.Max(bitsPerSecond / 5, (bitsPerSecond * 15 / 32) - 5500), 3000 + (bitsPerSecond / 4));

    private static long Preroll(Hearing hearing, long first) => Math.Min(first, (long)(PrerollSeconds * hearing.SampleRate));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How the source is heard.</summary>
    /// <param name="SampleRate">Samples a second.</param>
    /// <param name="IsMixed">Both channels carry the mean.</param>
    private readonly record struct Hearing(int SampleRate, bool IsMixed);
}
