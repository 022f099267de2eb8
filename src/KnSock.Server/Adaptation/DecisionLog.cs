using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Adaptation;

/// <summary>Appends every decision with its inputs to a file, a JSON object a line. A disk that is slow or full never holds a viewer up.</summary>
internal sealed class DecisionLog : IAsyncDisposable
{
    private const int MaxWaiting = 1024;

    private readonly Channel<TakenDecision> _taken = Channel.CreateBounded<TakenDecision>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly FileStream _file;
    private readonly ILogger _logger;
    private readonly Task _writing;

    /// <summary>Opens the file for appending.</summary>
    /// <exception cref="LiveStreamServerException">It cannot be opened.</exception>
    public DecisionLog(string path, ILogger logger)
    {
        try
        {
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new LiveStreamServerException($"the decision log {path} cannot be opened ({e.Message}); name a file that can be written", e);
        }

        _logger = logger;
        _writing = WriteAsync();
    }

    /// <summary>Has a decision written down soon.</summary>
    public void Add(TakenDecision taken) => _taken.Writer.TryWrite(taken);

    public async ValueTask DisposeAsync()
    {
        _taken.Writer.Complete();
        await _writing;
        await _file.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var taken in _taken.Reader.ReadAllAsync())
            {
                await _file.WriteAsync(DecisionJson.Write(taken.ToRecord()));
                _file.WriteByte((byte)'\n');
                await _file.FlushAsync();
            }
        }
        catch (IOException e)
        {
            Log.DecisionLogFailed(_logger, DisplayText.Clean(e.Message));
        }
    }
}
