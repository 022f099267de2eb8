using System.Diagnostics;
using System.Globalization;

namespace KnSock.Server.Encoding;

/// <summary>A child process whose output is read and whose errors are kept short. Disposing of it kills it and waits for its end.</summary>
/// <remarks>
/// Should the server itself be killed, the pipe on the child's output closes and its next write ends it, so no ffmpeg stays behind.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int MaxErrorLines = 20;
    private const int MaxErrorLength = 300;

    private readonly Process _process;
    private readonly Task _errors;
    private readonly Queue<string> _lastErrors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        _errors = ReadErrorsAsync();
    }

    /// <summary>Starts a child, its arguments passed one by one so that none can be taken apart or for another.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="niceness">How far it stands back for others, 0 to 19, as nice(1) has it; on Windows any but 0 is "below normal".</param>
    /// <exception cref="LiveStreamServerException">It cannot be started.</exception>
    public static ChildProcess Start(string program, IReadOnlyList<string> arguments, int niceness = 0)
    {
        // nice replaces itself by the program, so the child is the same process; a priority set afterwards would miss threads begun before.
        var start = niceness == 0 || OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("nice", ["-n", niceness.ToString(CultureInfo.InvariantCulture), program, .. arguments]);
        return Start(program, start, niceness);
    }

    private static ChildProcess Start(string program, ProcessStartInfo start, int niceness)
    {
        (start.UseShellExecute, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true, true);
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            if (niceness != 0 && OperatingSystem.IsWindows())
            {
                process.PriorityClass = ProcessPriorityClass.BelowNormal;
            }

            return new ChildProcess(process);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            throw new LiveStreamServerException($"{program} cannot be started ({e.Message}); is ffmpeg installed and executable?", e);
        }
    }

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Process number, for the log.</summary>
    public int Id => _process.Id;

    /// <summary>CPU time that it has used; zero once it has ended.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            try
            {
                return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>Whether a signal has stopped it, so that it does nothing until another has it go on. Seen on Linux only (proc(5), state T).</summary>
    public bool IsStopped
    {
        get
        {
            try
            {
                // The program's name stands before the state, in brackets that may hold anything.
                return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{_process.Id}/stat") is var stat && stat.AsSpan(stat.LastIndexOf(')') + 1) is [' ', 'T', ..];
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>The last line that it wrote to its standard error, without control characters.</summary>
    public string? LastError
    {
        get
        {
            lock (_lastErrors)
            {
                return _lastErrors.LastOrDefault();
            }
        }
    }

    /// <summary>Waits until it has ended and its errors are read.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _errors.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _errors;
        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        var buffer = new char[1024];
        var line = new System.Text.StringBuilder();
        try
        {
            int count;
            while ((count = await _process.StandardError.ReadAsync(buffer)) > 0)
            {
                Collect(buffer.AsSpan(0, count), line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe broke with the process; what was read is what there is.
        }

        Keep(line);
    }

    private void Collect(ReadOnlySpan<char> text, System.Text.StringBuilder line)
    {
        foreach (var c in text)
        {
            if (c is '\n' or '\r')
            {
                Keep(line);
            }
            else if (line.Length < MaxErrorLength)
            {
                line.Append(c);
            }
        }
    }

    private void Keep(System.Text.StringBuilder line)
    {
        if (line.Length == 0)
        {
            return;
        }

        lock (_lastErrors)
        {
            _lastErrors.Enqueue(DisplayText.Clean(line.ToString()));
            if (_lastErrors.Count > MaxErrorLines)
            {
                _lastErrors.Dequeue();
            }
        }

        line.Clear();
    }
}
