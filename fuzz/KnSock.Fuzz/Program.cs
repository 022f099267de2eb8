using System.Diagnostics;
using KnSock.Fuzz;
using KnSock.Fuzz.Engine;

FuzzOptions options;
CoverageMap? first;
IReadOnlyList<FuzzTarget> targets;
try
{
    options = FuzzOptions.Parse(args);
    // Before any of the instrumented code runs, and targets make their seeds with it.
    first = options.IsInstrumented ? new CoverageMap() : null;
    targets = AllTargets.Named(options.Targets);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{FuzzOptions.Usage}");
    return 2;
}

if (options.Lists)
{
    targets.ToList().ForEach(t => Console.WriteLine(t.Name));
    return 0;
}

if (!options.IsPlain && !options.IsInstrumented)
{
    return await Instrumentation.RunAsync(options.ForChild());
}

var faults = 0;
Console.WriteLine($"{"target",-20} {"executions",12} {"a second",9} {"corpus",7} {"branches",9} {"findings",9}");
foreach (var target in targets)
{
    var coverage = first is null ? null : new CoverageMap();
    var findings = new Findings(target, options.Findings);
    var run = new FuzzRun(target, options.Seed, coverage, findings);
    using var watchdog = new Watchdog(target, run, options.Findings).Start();
    var time = Stopwatch.StartNew();
    run.Begin([.. target.Seeds(), .. Inputs.Of(options.Regressions, target), .. Inputs.Of(options.Corpus, target)]);
    run.Go(() => time.Elapsed.TotalSeconds < options.Seconds);
    if (options.Corpus is { } corpus)
    {
        Inputs.Add(corpus, target, run.Fresh);
    }

    faults += findings.Faults.Count;
    Console.WriteLine($"{target.Name,-20} {run.Executions,12:N0} {run.Executions / time.Elapsed.TotalSeconds,9:N0} {run.CorpusSize,7:N0} {coverage?.Seen ?? 0,9:N0} {findings.Faults.Count,9}");
    findings.Faults.ForEach(f => Console.WriteLine($"  {f}"));
}

return faults == 0 ? 0 : 1;
