using System.Net.WebSockets;
using System.Threading.Channels;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.WebSockets;

/// <summary>
/// What a viewer says over a WebSocket: read by a task of its own, which waits when much was said that nobody has heard yet, and heard by the session on its loop.
/// </summary>
/// <param name="socket">Only read from here; what it answers by itself goes elsewhere.</param>
internal sealed class MessageInbox(WebSocket socket)
{
    /// <summary>Messages that wait to be heard.</summary>
    private const int Most = 64;

    private readonly Channel<byte[]> _messages = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Most) { SingleReader = true, SingleWriter = true });
    private Action? _tell;
    private int _unheardBytes;
    private bool _isToTell;
    private volatile bool _hearsLater;
    private volatile ProtocolException? _fault;

    /// <summary>Whether the session is told of feedback only when <see cref="ProtocolLimits.HeardAtOnce"/> bytes have come. Of all else it is told at once.</summary>
    public bool HearsLater
    {
        set
        {
            var tells = _hearsLater && !value;
            _hearsLater = value;
            if (tells)
            {
                _tell?.Invoke();
            }
        }
    }

    /// <summary>Whether it ended because a message was longer than allowed.</summary>
    public bool IsTooLong => _fault is { Code: ProtocolErrorCode.TooLong };

    /// <summary>Reads until the viewer closes, the connection breaks or it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[ProtocolLimits.MaxClientLine + 1];
        try
        {
            while (true)
            {
                var reading = ReadAsync(buffer, cancellationToken);
                if (!reading.IsCompleted)
                {
                    // All that came together has been read.
                    TellOfUnheard();
                }

                if (await reading is not { } message)
                {
                    break;
                }

                if (!_messages.Writer.TryWrite(message))
                {
                    TellOfUnheard();
                    await _messages.Writer.WriteAsync(message, cancellationToken);
                }

                Note(message);
            }
        }
        catch (ProtocolException e)
        {
            _fault = e;
        }
        catch (WebSocketException e) when (e.InnerException is ProtocolException fault)
        {
            _fault = fault;
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session is told of the end all the same.
        }

        _messages.Writer.Complete();
        _tell?.Invoke();
    }

    /// <summary>The next message. Null: there will be none.</summary>
    public async Task<byte[]?> FirstAsync(CancellationToken cancellationToken)
    {
        var isThere = await _messages.Reader.WaitToReadAsync(cancellationToken);
        ThrowIfFaulty();
        return isThere && _messages.Reader.TryRead(out var message) ? Heard(message) : null;
    }

    /// <summary>From now on it is told that there is something to hear. From any thread.</summary>
    public void Open(Action tell)
    {
        _tell = tell;
        tell();
    }

    /// <summary>Gives out what has come.</summary>
    /// <returns>False if nothing more will come.</returns>
    /// <exception cref="ProtocolException">What came is no message.</exception>
    public bool Hear(IMessageListener listener)
    {
        while (_messages.Reader.TryRead(out var message))
        {
            Heard(message);
            listener.OnMessage(message.AsSpan(0, message.Length - 1), _messages.Reader.TryPeek(out var next) ? next : []);
        }

        if (!_messages.Reader.Completion.IsCompleted)
        {
            return true;
        }

        ThrowIfFaulty();
        return false;
    }

    private void Note(byte[] message)
    {
        var unheard = Interlocked.Add(ref _unheardBytes, message.Length);
        // Of what came behind one that it was told of and has not heard yet it need not be told again.
        _isToTell |= _hearsLater ? unheard >= ProtocolLimits.HeardAtOnce || !message.AsSpan().StartsWith(FeedbackReader.Beginning) : unheard == message.Length;
    }

    private void TellOfUnheard()
    {
        if (_isToTell)
        {
            _isToTell = false;
            _tell?.Invoke();
        }
    }

    private byte[] Heard(byte[] message)
    {
        Interlocked.Add(ref _unheardBytes, -message.Length);
        return message;
    }

    private void ThrowIfFaulty()
    {
        if (_fault is { } fault)
        {
            throw new ProtocolException(fault.Code, fault.Message);
        }
    }

    /// <summary>A message with the end of a line behind it. Null: the viewer closes.</summary>
    private async ValueTask<byte[]?> ReadAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Binary)
            {
                throw new ProtocolException(ProtocolErrorCode.Unexpected, "a message is binary; they are text here");
            }

            if (length > ProtocolLimits.MaxClientLine)
            {
                throw new ProtocolException(ProtocolErrorCode.TooLong, $"a message is longer than {ProtocolLimits.MaxClientLine} bytes");
            }

            if (result.EndOfMessage)
            {
                return [.. buffer.AsSpan(0, length), (byte)'\n'];
            }
        }
    }
}
