using KnSock.Fanout.Framing;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <content>What is said between it and the server.</content>
internal sealed partial class LoadViewer
{
    /// <summary>Takes a message of the server. Most are pongs, and catalogs are all the same: those are not parsed.</summary>
    /// <param name="message">It, without the end of a line.</param>
    /// <exception cref="ProtocolException">It means that nothing more will come.</exception>
    public void TakeMessage(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("{\"type\":\"pong\""u8))
        {
            return;
        }

        if (loop.Catalog is not null && message.StartsWith("{\"type\":\"catalog\""u8))
        {
            Select();
            return;
        }

        switch (MessageJson.ReadControl(message))
        {
            case Catalog catalog:
                loop.Catalog = catalog;
                Select();
                break;
            case Selected selected:
                GrantedSeconds = selected.MaxBufferSeconds;
                break;
            case ErrorNotice error:
                throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the server says: {error.Message}");
            case ChannelEndedNotice ended:
                throw new ProtocolException(ProtocolErrorCode.Unexpected, $"the channel ended: {ended.Reason}");
        }
    }

    private void Select()
    {
        IsIdle = role == ViewerRole.Idle;
        if (_hasSelected || IsIdle)
        {
            return;
        }

        _hasSelected = true;
        var line = MessageJson.WriteLine(new Select
        {
            Selection = FrameVerifier.Selection,
            Channel = channel,
            From = StartPoint.Live,
            MaxBufferSeconds = loop.Target.MaxBufferSeconds,
        });
        if (!_transport!.TrySend(line))
        {
            throw new ProtocolException(ProtocolErrorCode.Unexpected, "the server does not take a selection");
        }
    }
}
