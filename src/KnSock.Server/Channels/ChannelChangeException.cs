namespace KnSock.Server.Channels;

/// <summary>A change of the channels cannot be made. The message is one line that says what to do.</summary>
internal sealed class ChannelChangeException(ChannelChangeFault fault, string message) : Exception(message)
{
    /// <summary>What is wrong.</summary>
    public ChannelChangeFault Fault => fault;
}

/// <summary>Why the channels cannot be changed so.</summary>
internal enum ChannelChangeFault
{
    /// <summary>The channels of this server are not to be changed.</summary>
    Fixed,

    /// <summary>There is no such channel.</summary>
    NoSuchChannel,

    /// <summary>There is no such file in the media folder.</summary>
    NoSuchFile,

    /// <summary>The file cannot be served.</summary>
    NotServable,

    /// <summary>A name or a title is empty, too long, or holds what cannot be shown.</summary>
    BadName,

    /// <summary>Another channel has the name.</summary>
    NameTaken,

    /// <summary>There are as many channels as there may be.</summary>
    TooMany,
}
