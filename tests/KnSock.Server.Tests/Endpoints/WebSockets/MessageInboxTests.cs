using System.IO.Pipelines;
using System.Net.WebSockets;
using KnSock.Server.Endpoints.WebSockets;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Endpoints.WebSockets;

public sealed class MessageInboxTests : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Pipe _pipe = new();
    private readonly MessageInbox _inbox;
    private readonly Heard _heard = new();
    private int _told;

    public MessageInboxTests()
    {
        var side = new ReadingSide(_pipe.Reader.AsStream(), _ => { }, new ServerClock(TimeProvider.System));
        _inbox = new MessageInbox(WebSocket.CreateFromStream(side, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan }));
    }

    public void Dispose() => _end.Dispose();

    [Fact]
    public async Task OfWhatComesTogetherTheSessionIsToldOnce()
    {
        List<string> said = [.. Enumerable.Range(0, 10).Select(i => $"{{\"type\":\"feedback\",\"selection\":{i}}}{new string(' ', i * 40)}")];
        await _pipe.Writer.WriteAsync(said.SelectMany(Message).ToArray());
        _inbox.Open(() => Interlocked.Increment(ref _told));
        var reading = _inbox.RunAsync(_end.Token);

        await Eventually.TrueAsync(() => _told == 2);
        Assert.True(_inbox.Hear(_heard));
        Assert.Equal(said, _heard.Lines);

        // And again for the next that comes, once what was told of has been heard.
        await _pipe.Writer.WriteAsync(Message("{}"));
        await Eventually.TrueAsync(() => _told == 3);
        Assert.True(_inbox.Hear(_heard));
        Assert.Equal("{}", _heard.Lines[^1]);
        await EndAsync(reading);
    }

    [Fact]
    public async Task MoreThanItKeepsIsHeardAllTheSameHoweverItIsSplit()
    {
        List<string> said = [.. Enumerable.Range(0, 300).Select(i => $"{{\"number\":{i}}}{new string(' ', i)}")];
        _inbox.Open(() => Interlocked.Increment(ref _told));
        var reading = _inbox.RunAsync(_end.Token);
        var before = 0;
        foreach (var piece in said.SelectMany(Message).Chunk(4999))
        {
            await _pipe.Writer.WriteAsync(piece);
        }

        // Heard only when it was told, as the session does.
        await Eventually.TrueAsync(() =>
        {
            if (Volatile.Read(ref _told) is var told && told != before)
            {
                before = told;
                _inbox.Hear(_heard);
            }

            return _heard.Lines.Count == said.Count;
        });
        Assert.Equal(said, _heard.Lines);
        await EndAsync(reading);
    }

    private static byte[] Message(string text)
    {
        var content = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] mask = [0x12, 0x9A, 0x53, 0xE4];
        byte[] length = content.Length < 126 ? [(byte)(0x80 | content.Length)] : [0x80 | 126, (byte)(content.Length >> 8), (byte)content.Length];
        return [0x81, .. length, .. mask, .. content.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    private async Task EndAsync(Task reading)
    {
        await _end.CancelAsync();
        await reading;
        Assert.False(_inbox.Hear(_heard));
    }

    private sealed class Heard : IMessageListener
    {
        public List<string> Lines { get; } = [];

        public void OnMessage(ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind) => Lines.Add(System.Text.Encoding.UTF8.GetString(line));
    }
}
