using System.Net.Sockets;
using KnSock.Protocol;

namespace KnSock.Client.Connection;

/// <summary>Why a connection ended.</summary>
internal enum ConnectionEndKind
{
    /// <summary>We wanted it to.</summary>
    Cancelled,

    /// <summary>The server closed it.</summary>
    ClosedByServer,

    /// <summary>The network broke it.</summary>
    Lost,

    /// <summary>Nothing came for too long.</summary>
    Silent,

    /// <summary>The server sent what the protocol does not allow.</summary>
    Fault,
}

/// <summary>The first reason for which a connection ended.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Message">What happened, to be read in a sentence: "the connection ...".</param>
internal sealed record ConnectionEnd(ConnectionEndKind Kind, string Message)
{
    /// <summary>How a loop over a connection ended, whatever way it did.</summary>
    public static async Task<ConnectionEnd> OfAsync(Task<ConnectionEnd> loop)
    {
        try
        {
            return await loop;
        }
        catch (OperationCanceledException)
        {
            return new ConnectionEnd(ConnectionEndKind.Cancelled, "was ended");
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            return new ConnectionEnd(ConnectionEndKind.ClosedByServer, "was closed by the server");
        }
        catch (IOException e)
        {
            return new ConnectionEnd(ConnectionEndKind.Lost, $"broke ({(e.InnerException as SocketException)?.SocketErrorCode.ToString() ?? e.GetType().Name})");
        }
        catch (ProtocolException e)
        {
            return new ConnectionEnd(ConnectionEndKind.Fault, $"was given up because of what the server sent: {e.Message}");
        }
    }
}
