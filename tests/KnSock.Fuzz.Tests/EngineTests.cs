using System.Text;
using KnSock.Fuzz.Engine;

namespace KnSock.Fuzz.Tests;

/// <summary>The engine finds what there is to be found.</summary>
public class EngineTests
{
    [Theory]
    [InlineData("throws", "DivideByZeroException")]
    [InlineData("allocates", "more is allocated")]
    [InlineData("splits", "in pieces the same bytes give something else")]
    public void A_fault_is_found_and_made_short(string fault, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("knsock-fuzz-test-").FullName;
        try
        {
            var target = new Faulty(fault);
            var (findings, left) = (new Findings(target, folder), 20_000);
            var run = new FuzzRun(target, seed: 1, coverage: null, findings);
            run.Begin(target.Seeds());
            run.Go(() => findings.Faults.Count == 0 && left-- > 0);

            Assert.Contains(expected, Assert.Single(findings.Faults), StringComparison.Ordinal);
            var kept = Assert.Single(Inputs.Of(folder, target));
            Assert.InRange(kept.Length, 1, 16);
            Assert.NotNull(new Execution(target).Run(kept, new Random(0)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_same_seed_does_the_same()
    {
        var target = new Faulty("nothing");
        Assert.Equal(Corpus(), Corpus());

        string Corpus()
        {
            var (run, left) = (new FuzzRun(target, seed: 5, coverage: null, new Findings(target, folder: null)), 2000);
            run.Begin(target.Seeds());
            run.Go(() => left-- > 0);
            return string.Join('|', run.Fresh.Select(Convert.ToHexStringLower));
        }
    }

    /// <summary>Reads numbers, and does something wrong when it meets a 77.</summary>
    private sealed class Faulty(string fault) : FuzzTarget
    {
        public override string Name => "faulty";

        public override bool IsText => true;

        public override bool IsStream => true;

        public override IReadOnlyList<byte[]> Words { get; } = ["77"u8.ToArray()];

        public override IEnumerable<byte[]> Seeds() => ["1,2,3"u8.ToArray()];

        public override bool IsExpected(Exception exception) => exception is FormatException;

        public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
        {
            var text = string.Concat(pieces.Select(p => Encoding.Latin1.GetString(p.Span)));
            if (text.Contains("77", StringComparison.Ordinal))
            {
                switch (fault)
                {
                    case "throws":
                        throw new DivideByZeroException();
                    case "allocates":
                        result.Add(new byte[10_000_000].Length);
                        break;
                    case "splits":
                        result.Add(pieces.Count);
                        break;
                    default:
                        break;
                }
            }

            throw new FormatException($"{text.Count(c => c == ',')} commas");
        }
    }
}
