using System.Diagnostics;

namespace KnSock.Fuzz.Engine;

/// <summary>Notices an input that a decoder does not come to an end with. It cannot be stopped, so the program ends, and leaves it behind as a finding.</summary>
/// <param name="target">The target.</param>
/// <param name="run">The run.</param>
/// <param name="findings">Where the input goes.</param>
internal sealed class Watchdog(FuzzTarget target, FuzzRun run, string findings) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Stopwatch _since = Stopwatch.StartNew();
    private Timer? _timer;
    private long _seen = -1;

    /// <summary>Begins to watch.</summary>
    public Watchdog Start()
    {
        _timer = new Timer(_ => Look(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (run.Executions != _seen)
        {
            _seen = run.Executions;
            _since.Restart();
        }
        else if (_since.Elapsed > Patience)
        {
            Inputs.Add(findings, target, [run.Current]);
            Console.Error.WriteLine($"{target.Name}: an input of {run.Current.Length} bytes takes more than {Patience.TotalSeconds} s; it is in {findings}");
            Environment.Exit(1);
        }
    }
}
