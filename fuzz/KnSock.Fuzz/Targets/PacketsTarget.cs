using System.Text;
using KnSock.Fuzz.Engine;
using KnSock.Media;
using KnSock.Server.Sources;

namespace KnSock.Fuzz.Targets;

/// <summary>What ffmpeg says of a source's packets, and what is found out from it.</summary>
internal sealed class PacketsTarget : FuzzTarget
{
    private const string Lines = "#software: Lavf59\n#tb 0: 1/25\n0, -2, 0, 1, 4000, 0x1\n1, -2, 0, 1, 3900, 0x2\n2, -2, 0, 1, 30, 0x3\n0, -1, 2, 1, 700, 0x4, F=0x0\n0, 0, 1, 1, 400, 0x5, F=0x0\n0, 1, 3, 1, 400, 0x6, F=0x0\n"
        + "0, 2, 4, 1, 4000, 0x7, S=1, 40, 0x0\n1, 2, 4, 1, 3900, 0x8\n2, 2, 4, 1, 30, 0x3\n";

    public override string Name => "packets";

    public override bool IsText => true;

    public override IEnumerable<byte[]> Seeds() => [Encoding.UTF8.GetBytes(Lines), "#tb 0: 1/90000\n0, 0, NOPTS, 1, 10, 0x0\n"u8.ToArray()];

    public override bool IsExpected(Exception exception) => false;

    public override long AllocationLimit(int length) => (64 * 1024) + (128L * length);

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var (lines, survey) = (new PacketLines(), new PacketSurvey(new FrameRate(25, 1)));
        foreach (var line in Encoding.UTF8.GetString(pieces[0].Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Read(line) is { } packet && survey.Add(packet) is { } refusal)
            {
                result.Add(refusal);
                return;
            }

            if (lines.Refusal is { } reason)
            {
                result.Add(reason);
                return;
            }
        }

        if (lines.End() is { } last && survey.Add(last) is { } why)
        {
            result.Add(why);
            return;
        }

        var (found, cause) = survey.Complete();
        FuzzException.Unless(found is null ? cause is not null : found is { FrameCount: > 0, BitsPerSecond: >= 0 } && found.GopStarts[0] == 0, "what was found cannot be");
        result.Add(found?.BitsPerSecond ?? 0);
    }
}
