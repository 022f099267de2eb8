using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace KnSock.Testing.Processes;

/// <summary>A <c>knsock</c> command as a child process, of the same build as the test.</summary>
public sealed class KnSockProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly MarkedProcesses _marked;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _error = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _what;

    private KnSockProcess(ProcessStartInfo start, MarkedProcesses marked, string what)
    {
        (_marked, _what) = (marked, what);
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.Exited += (_, _) => _exited.TrySetResult();
        _process.OutputDataReceived += (_, e) => Collect(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Collect(_error, e.Data);
    }

    /// <summary>Lines written to standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Lines written to standard error so far.</summary>
    public IReadOnlyList<string> Error => [.. _error];

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>The process and its descendants.</summary>
    public MarkedProcesses Processes => _marked;

    /// <summary>The last line of standard output as JSON.</summary>
    public JsonElement LastJson
    {
        get
        {
            var line = _output.LastOrDefault(l => l.Length > 0) ?? throw Failure("it printed nothing");
            try
            {
                using var document = JsonDocument.Parse(line);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                throw Failure($"its last line is no JSON: {line}");
            }
        }
    }

    /// <summary>Starts the command.</summary>
    public static KnSockProcess Start(params IEnumerable<string> arguments) => Start(new KnSockProcessOptions(), arguments);

    /// <summary>Starts the command in a network namespace or with more in its environment.</summary>
    public static KnSockProcess Start(KnSockProcessOptions options, params IEnumerable<string> arguments)
    {
        List<string> line = [.. options.Prefix, options.Program ?? Repository.KnSockPath, .. arguments];
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var marked = new MarkedProcesses();
        start.Environment[MarkedProcesses.Variable] = marked.Mark;
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        var process = new KnSockProcess(start, marked, string.Join(' ', line));
        process._process.Start();
        process._process.StandardInput.Close();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits for the line that says that viewers can connect, and gives it.</summary>
    public async Task<string> WaitForReadyAsync(TimeSpan timeout)
    {
        await Task.WhenAny(_ready.Task, _exited.Task, Task.Delay(timeout));
        if (!_ready.Task.IsCompletedSuccessfully)
        {
            throw Failure(_process.HasExited ? $"it ended with {_process.ExitCode} instead of getting ready" : $"it was not ready after {timeout}");
        }

        return await _ready.Task;
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        if (await Task.WhenAny(_exited.Task, Task.Delay(timeout)) != _exited.Task)
        {
            throw Failure($"it had not ended after {timeout}");
        }

        // The end of its output too, unless a descendant that was left behind keeps it open.
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMilliseconds(500)));
        return _process.ExitCode;
    }

    /// <summary>Sends TERM, INT, KILL, STOP or another signal.</summary>
    // The shell's own kill is on every machine; the program is not.
    public Task SignalAsync(string signal) => Command.RunAsync("sh", "-c", $"kill -{signal} {Id}");

    /// <summary>Waits for the end, and fails unless it ended with this code and left no descendant behind.</summary>
    public async Task ExpectExitAsync(int exitCode, TimeSpan timeout)
    {
        var code = await WaitForExitAsync(timeout);
        if (code != exitCode)
        {
            throw Failure($"it ended with {code}, not {exitCode}");
        }

        var left = await _marked.WaitForEndAsync(TimeSpan.FromSeconds(1));
        if (left.Count > 0)
        {
            throw Failure($"it left {string.Join("; ", left.Select(p => $"{p.Id} {p.CommandLine}"))}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            await Task.WhenAny(_exited.Task, Task.Delay(TimeSpan.FromSeconds(5)));
        }

        foreach (var (id, _) in _marked.List())
        {
            await Command.TryRunAsync("sh", ["-c", $"kill -KILL {id}"]);
        }

        await _exited.Task;
        _process.Dispose();
    }

    private InvalidOperationException Failure(string what) =>
        new($"{_what}: {what}\n--- standard output\n{Tail(_output)}\n--- standard error\n{Tail(_error)}");

    private static string Tail(IEnumerable<string> lines) => string.Join('\n', lines.TakeLast(40));

    private void Collect(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
    }
}
