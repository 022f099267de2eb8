using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KnSock.Cli.Output;

/// <summary>Writes the log as one line an entry. A reader that does not keep up loses lines; the server never waits for it.</summary>
internal sealed class LogWriter : ILoggerProvider, IAsyncDisposable
{
    private const int MaxWaiting = 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly Channel<string> _lines;
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _lost;

    /// <summary>Begins to write.</summary>
    public LogWriter(TextWriter output, TimeProvider time)
    {
        (_output, _time) = (output, time);
        _lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _lost));
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void Dispose() => _lines.Writer.TryComplete();

    /// <summary>Writes what is waiting, as long as the output takes it within a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Task.WhenAny(_writing, Task.Delay(LastWords, _time));
    }

    /// <summary>One entry as it is written, without the time.</summary>
    internal static string Format(LogLevel level, string category, string message, Exception? exception)
    {
        var cause = exception is null ? string.Empty : $" ({exception.GetType().Name}: {exception.Message})";
        return $"{NameOf(level)} {category}: {Printable.Escape($"{message}{cause}".ReplaceLineEndings(" "))}";
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                await _output.WriteLineAsync(line);
                if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                {
                    await _output.WriteLineAsync($"warn  LogWriter: {lost} lines were lost because nobody read them in time");
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody reads the log any more; the server goes on without.
            _lines.Writer.TryComplete();
        }
    }

    private void Add(string line) => _lines.Writer.TryWrite($"{_time.GetLocalNow():HH:mm:ss.fff} {line}");

    private sealed class Logger(LogWriter owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner.Add(Format(logLevel, category, formatter(state, exception), exception));
            }
        }
    }
}
