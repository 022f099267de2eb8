using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Adaptation;

/// <summary>Appends every decision with its inputs to a file, a JSON object a line. A disk that is slow or full never holds a viewer up.</summary>
internal sealed class DecisionLog : IAsyncDisposable
{
    private const int MaxWaiting = 1024;

    private readonly Channel<DecisionRecord> _records = Channel.CreateBounded<DecisionRecord>(
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

    public void Add(DecisionRecord record) => _records.Writer.TryWrite(record);

    public async ValueTask DisposeAsync()
    {
        _records.Writer.Complete();
        await _writing;
        await _file.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var record in _records.Reader.ReadAllAsync())
            {
                await JsonSerializer.SerializeAsync(_file, record, DecisionContext.Default.DecisionRecord);
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

/// <summary>A decision with all that it was taken from.</summary>
/// <param name="AtSeconds">The server's clock.</param>
/// <param name="Session">The viewer session.</param>
/// <param name="Channel">Name of the channel.</param>
/// <param name="Input">What it was taken from.</param>
/// <param name="Decision">What was decided.</param>
internal sealed record DecisionRecord(double AtSeconds, string Session, string Channel, SelectorInput Input, Decision Decision);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DecisionRecord))]
internal sealed partial class DecisionContext : JsonSerializerContext;
