using System.Text;
using KnSock.Fuzz.Engine;
using KnSock.Server.Adaptation;
using KnSock.Server.Tests.Adaptation;
using KnSock.Simulation.Replay;

namespace KnSock.Fuzz.Targets;

/// <summary>Records of decisions out of a file, and taking them again.</summary>
internal sealed class DecisionTarget : FuzzTarget
{
    private const int SeedCount = 24;

    public override string Name => "decision";

    public override bool IsText => true;

    public override int LongestInput => 12_000;

    public override IEnumerable<byte[]> Seeds()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, SeedCount).Select(_ => DecisionJson.Write(Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), random.Next(5)), Decisions.Any(random)).ToRecord()))];
    }

    public override long AllocationLimit(int length) => (512 * 1024) + (256L * length);

    public override bool IsExpected(Exception exception) => false;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        if (!DecisionJson.TryRead(Encoding.UTF8.GetString(pieces[0].Span), out var record, out var fault))
        {
            result.Add(fault);
            return;
        }

        if (record.Options is not null)
        {
            result.Add(DecisionReplay.Compare(record) ?? "the same");
        }
    }
}
