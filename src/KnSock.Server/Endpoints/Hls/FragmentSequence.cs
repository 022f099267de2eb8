using System.Buffers;
using KnSock.Media;
using KnSock.Media.Mp4;
using KnSock.Server.Channels;
using KnSock.Server.Sources;

namespace KnSock.Server.Endpoints.Hls;

/// <summary>
/// The bytes of a segment or a part: a fragment for each GOP of each part, so that a segment is the sequence of its parts. Nothing is kept of them, for making them is one copy of the
/// GOPs' memory into the web server's, which would have to be made anyway.
/// </summary>
internal sealed class FragmentSequence
{
    private readonly (Fmp4Writer Writer, AccessUnit[] Units)[] _fragments;
    private readonly TrackKind _kind;

    /// <summary>Takes hold of the media.</summary>
    /// <param name="timeline">The channel's loop.</param>
    /// <param name="mediaStart">The channel's zero on the media's timeline.</param>
    /// <param name="init">The set-up that the initialisation segment has.</param>
    /// <param name="media">Units and the whole GOPs that hold them, in order.</param>
    /// <param name="number">The first fragment's number; they go on from part to part and from segment to segment, as some players want.</param>
    /// <param name="output">Where it is written.</param>
    public FragmentSequence(
        LoopTimeline timeline, Timestamp mediaStart, DecoderConfiguration init, IReadOnlyList<(UnitRange Range, Gop Gop)> media, long number,
        IBufferWriter<byte> output)
    {
        _kind = init is VideoConfiguration ? TrackKind.Video : TrackKind.Audio;
        _fragments = [.. media.Select((m, i) => Fragment(timeline, mediaStart, init, m.Range, m.Gop, number + i, output))];
        Length = _fragments.Sum(f => f.Writer.FragmentSize(_kind, f.Units));
    }

    /// <summary>Number of fragments.</summary>
    public int Count => _fragments.Length;

    /// <summary>Bytes of all fragments.</summary>
    public long Length { get; }

    /// <summary>Writes a fragment; each once, in order.</summary>
    public void Write(int fragment) => _fragments[fragment].Writer.WriteFragment(_kind, _fragments[fragment].Units);

    private static (Fmp4Writer Writer, AccessUnit[] Units) Fragment(
        LoopTimeline timeline, Timestamp mediaStart, DecoderConfiguration init, UnitRange range, Gop gop, long number, IBufferWriter<byte> output)
    {
        var units = Enumerable.Range(range.First, range.End - range.First).Select(i => WithWholeLength(gop[i], timeline)).ToArray();
        var writer = new Fmp4Writer(output)
        {
            // Encoders that were told to hurry make other parameter sets than those before; players have read but one initialisation segment.
            AllowsVideoChange = !gop.Configuration.Setup.Span.SequenceEqual(init.Setup.Span),
            Start = mediaStart + timeline.TurnStart(range.Turn).SinceZero,
            NextFragment = unchecked((uint)number),
        };
        writer.Resume(gop.Configuration as VideoConfiguration, gop.Configuration as AudioConfiguration);
        return (writer, units);
    }

    /// <summary>
    /// The last unit of a turn of the sound, which is shorter, has its whole length here, and the next turn's segment is laid over its end. Browsers play all that a unit decodes to whatever duration it is
    /// given, unless another segment covers it, and the sound would be later with each turn.
    /// </summary>
    private static AccessUnit WithWholeLength(AccessUnit unit, LoopTimeline timeline) =>
        unit.Kind == TrackKind.Audio ? unit with { Duration = timeline.AudioUnitStart(unit.Sequence + 1) - timeline.AudioUnitStart(unit.Sequence) } : unit;
}
