namespace KnSock.Fanout.Framing;

/// <summary>What a connection carries: tracks, and messages between their frames.</summary>
[Flags]
public enum ConnectionTracks
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The picture.</summary>
    Picture = 1,

    /// <summary>The sound.</summary>
    Sound = 2,

    /// <summary>Both, told apart by a flag.</summary>
    Shared = Picture | Sound,

    /// <summary>Messages of the server, as frames.</summary>
    Messages = 4,
}
