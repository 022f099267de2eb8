using System.Text;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol.Legacy;

namespace KnSock.Fuzz.Targets;

/// <summary>The lines of a kn-sock client. Its server's only one is a greeting, which has a target of its own.</summary>
internal sealed class LegacyLinesTarget : FuzzTarget
{
    public override string Name => "legacy-lines";

    public override bool IsText => true;

    public override int LongestInput => 600;

    public override IReadOnlyList<byte[]> Words { get; } = ["\"index\":"u8.ToArray(), "\"buffer_level\":"u8.ToArray(), "\"type\":"u8.ToArray(), "\"knsock\":"u8.ToArray(), "{"u8.ToArray(), "["u8.ToArray(), "\\ud800"u8.ToArray()];

    public override IEnumerable<byte[]> Seeds() =>
        Vectors.Texts("legacy", "line", "selections", "notSelections", "feedback", "notFeedback").Select(Encoding.UTF8.GetBytes);

    public override bool IsExpected(Exception exception) => false;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var line = pieces[0].Span;
        if (LegacySelection.TryRead(line, out var index))
        {
            FuzzException.Unless(index >= 0, "a video below the first is chosen");
            FuzzException.Unless(LegacySelection.TryRead(LegacySelection.Write(index), out var again) && again == index, "a choice that is written again is another");
            result.Add(index);
        }

        var isOne = LegacyFeedback.IsOne(line);
        result.Add(isOne ? 1 : 0);
        if (LegacyFeedback.TryRead(line, out var seconds))
        {
            FuzzException.Unless(isOne && seconds is >= 0 and <= 3600, "a report tells what cannot be");
            FuzzException.Unless(LegacyFeedback.TryRead(LegacyFeedback.Write(seconds), out var again) && Math.Abs(again - seconds) <= 0.001, "a report that is written again is another");
            result.Add(BitConverter.DoubleToInt64Bits(seconds));
        }
    }
}
