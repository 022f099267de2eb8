using KnSock.Fuzz.Engine;
using KnSock.Testing.Processes;

namespace KnSock.Fuzz.Tests;

/// <summary>
/// Every decoder, fed with what once went wrong, with all beginnings of what is right, and with a fixed number of inputs that are nearly right. By hand it goes on as long as one likes:
/// <c>dotnet run --project fuzz/KnSock.Fuzz</c>.
/// </summary>
public class FuzzTests
{
    private const int Inputs = 3000;
    private const int LongestCutEverywhere = 1500;

    private static readonly string Regressions = Path.Combine(Repository.Root, "fuzz", "regressions");

    public static TheoryData<string> Targets => [.. AllTargets.List.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void What_once_went_wrong_goes_right(string name)
    {
        var target = AllTargets.Named([name])[0];
        foreach (var input in Engine.Inputs.Of(Regressions, target))
        {
            Assert.Null(new Execution(target).Run(input, new Random(1)));
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void An_input_may_end_anywhere(string name)
    {
        var target = AllTargets.Named([name])[0];
        var execution = new Execution(target);
        foreach (var seed in target.Seeds().Select(s => s[..Math.Min(s.Length, LongestCutEverywhere)]))
        {
            for (var length = 0; length <= seed.Length; length++)
            {
                Assert.Null(execution.Run(seed[..length], new Random(length)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Nothing_but_decoding_or_refusing(string name)
    {
        var target = AllTargets.Named([name])[0];
        var findings = new Findings(target, folder: null);
        var (run, left) = (new FuzzRun(target, seed: 20, coverage: null, findings), Inputs);
        run.Begin(target.Seeds());
        run.Go(() => left-- > 0);
        Assert.Empty(findings.Faults);
        Assert.True(run.Executions >= Inputs);
    }

    [Fact]
    public void No_folder_of_regressions_is_forgotten() =>
        Assert.Empty(Directory.Exists(Regressions) ? Directory.GetDirectories(Regressions).Select(Path.GetFileName).Except(AllTargets.List.Select(t => t.Name), StringComparer.Ordinal) : []);
}
