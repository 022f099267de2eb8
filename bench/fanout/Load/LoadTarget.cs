using System.Net;

namespace KnSock.Fanout.Load;

/// <summary>What the viewers of a run connect to and ask for.</summary>
public sealed record LoadTarget
{
    /// <summary>The port that viewers come to first.</summary>
    public required IPEndPoint Server { get; init; }

    /// <summary>What is spoken there.</summary>
    public FanoutTransport Transport { get; init; }

    /// <summary>Viewer i selects channel i modulo this.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>The read-ahead that viewers ask for, seconds; 0: none, as the live edge comes.</summary>
    public int MaxBufferSeconds { get; init; }

    /// <summary>What has to lie ready before playout starts.</summary>
    public TimeSpan TargetDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The length of the <see cref="Recording"/> that comes over and over without any handshake. Null: a server of the protocol.</summary>
    public TimeSpan? LoopLength { get; init; }
}
