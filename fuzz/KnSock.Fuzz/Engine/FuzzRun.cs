namespace KnSock.Fuzz.Engine;

/// <summary>Fuzzes one target: changes inputs, and keeps those that reach what none reached before.</summary>
/// <remarks>The same seed does the same, but for what depends on <paramref name="coverage"/>.</remarks>
/// <param name="target">The target.</param>
/// <param name="seed">Of all that is random.</param>
/// <param name="coverage">Tells what an input reaches. Null: the ways of refusing it tell.</param>
/// <param name="findings">Takes faults.</param>
internal sealed class FuzzRun(FuzzTarget target, int seed, CoverageMap? coverage, Findings findings)
{
    private const int MostKept = 20_000;

    private readonly Random _random = new(seed);
    private readonly Execution _execution = new(target);
    private readonly HashSet<string> _refusals = new(StringComparer.Ordinal);
    private readonly List<byte[]> _corpus = [];
    private readonly List<byte[]> _fresh = [];

    /// <summary>Inputs decoded so far, each whole and in pieces.</summary>
    public long Executions => _execution.Count;

    /// <summary>Inputs that others are made from.</summary>
    public int CorpusSize => _corpus.Count;

    /// <summary>What the run added to the corpus.</summary>
    public IReadOnlyList<byte[]> Fresh => _fresh;

    /// <summary>The input that is being decoded.</summary>
    public byte[] Current { get; private set; } = [];

    /// <summary>Decodes inputs as they are and takes them into the corpus.</summary>
    public void Begin(IEnumerable<byte[]> inputs)
    {
        foreach (var input in inputs)
        {
            Run(input);
            _corpus.Add(input);
        }
    }

    /// <summary>Tries changed inputs.</summary>
    /// <param name="goesOn">Whether to try another one.</param>
    public void Go(Func<bool> goesOn)
    {
        var mutator = new Mutator(target, _random);
        while (goesOn())
        {
            var input = mutator.Mutate(Parent(), _corpus);
            if (_random.Next(4) > 0)
            {
                input = target.Repair(input, _random);
            }

            if (Run(input) && _corpus.Count < MostKept)
            {
                _corpus.Add(input);
                _fresh.Add(input);
            }
        }
    }

    /// <summary>Those found last more often than others.</summary>
    private byte[] Parent() => _corpus[_random.Next(3) == 0 ? _corpus.Count - 1 - _random.Next(Math.Min(_corpus.Count, 50)) : _random.Next(_corpus.Count)];

    /// <summary>Runs an input. True if it reached something new.</summary>
    private bool Run(byte[] input)
    {
        Current = input;
        coverage?.Clear();
        if (_execution.Run(input, _random) is { } fault)
        {
            findings.Add(input, fault);
            return false;
        }

        return coverage?.TakeIn() ?? _refusals.Add(_execution.Refusal);
    }
}
