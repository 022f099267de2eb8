using System.Globalization;
using System.ComponentModel;
using System.Diagnostics;

namespace KnSock.Fanout.Processes;

/// <summary>A program that runs beside this one and ends with it.</summary>
internal sealed class Child : IAsyncDisposable
{
    /// <summary>What the command puts before what it complains of, as it will before this.</summary>
    private const string OwnPrefix = "knsock: ";

    private readonly Process _process;
    private readonly string _what;
    private readonly Task _log;
    private string _lastError = "it says nothing";

    private Child(Process process, string what, string? logPath)
    {
        (_process, _what) = (process, what);
        _log = LogAsync(logPath);
    }

    /// <summary>File in which it says what it has allocated so far: bytes, and collections. Null: it does not say.</summary>
    public string? MemoryLog { get; set; }

    /// <summary>What it has allocated so far. Null: it does not say.</summary>
    public (long Bytes, int Collections)? Allocated =>
        MemoryLog is { } path && File.Exists(path) && File.ReadAllText(path).Split(' ') is [var bytes, var collections]
            ? (long.Parse(bytes, CultureInfo.InvariantCulture), int.Parse(collections, CultureInfo.InvariantCulture))
            : null;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="line">The program and its arguments.</param>
    /// <param name="logPath">Where its standard error goes. Null: nowhere.</param>
    /// <exception cref="FanoutException">It cannot be started.</exception>
    public static Child Start(string what, IReadOnlyList<string> line, string? logPath = null)
    {
        try
        {
            var process = Process.Start(new ProcessStartInfo(line[0], line.Skip(1))
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            return new Child(process, what, logPath);
        }
        catch (Win32Exception e)
        {
            throw new FanoutException($"{what} cannot be started: {line[0]}: {e.Message}", e);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="FanoutException">It cannot be started, or fails.</exception>
    public static async Task RunAsync(string what, IReadOnlyList<string> line, CancellationToken cancellationToken)
    {
        await using var child = Start(what, line);
        await child._process.StandardOutput.ReadToEndAsync(cancellationToken);
        await child._process.WaitForExitAsync(cancellationToken);
        await child._log;
        if (child._process.ExitCode != 0)
        {
            throw child.Failure($"ended with {child._process.ExitCode}");
        }
    }

    /// <summary>Waits for a line on its standard output.</summary>
    /// <param name="start">How the line begins.</param>
    /// <param name="within">For how long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FanoutException">It does not come.</exception>
    public async Task<string> WaitForLineAsync(string start, TimeSpan within, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(within);
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure($"is not ready after {within.TotalSeconds:0} s");
        }

        await Task.WhenAny(_log, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
        throw Failure("ended instead of getting ready");
    }

    /// <summary>Throws if it has ended.</summary>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw Failure($"ended with {_process.ExitCode} while it was measured");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _log;
        _process.Dispose();
    }

    private FanoutException Failure(string what) =>
        new($"{_what} {what}: {(_lastError.StartsWith(OwnPrefix, StringComparison.Ordinal) ? _lastError[OwnPrefix.Length..] : _lastError)}");

    private async Task LogAsync(string? path)
    {
        await using var log = path is null ? StreamWriter.Null : File.CreateText(path);
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _lastError = line.Length > 0 ? line : _lastError;
            await log.WriteLineAsync(line);
        }
    }
}
