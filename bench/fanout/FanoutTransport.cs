namespace KnSock.Fanout;

/// <summary>How viewers are connected.</summary>
public enum FanoutTransport
{
    /// <summary>As the native player: TCP connections of the protocol's own.</summary>
    Tcp,

    /// <summary>As a browser: a WebSocket.</summary>
    WebSocket,
}
