using System.Diagnostics;

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
    /// <exception cref="LiveStreamServerException">It cannot be started.</exception>
    public static ChildProcess Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new ChildProcess(process);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new LiveStreamServerException($"{program} cannot be started ({e.Message}); is ffmpeg installed and executable?", e);
        }
    }

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Process number, for the log.</summary>
    public int Id => _process.Id;

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
