using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection;

/// <summary>The connections of a viewer to a server of either kind: KnSock's, or the original kn-sock's.</summary>
internal interface IServerConnection : IAsyncDisposable
{
    /// <summary>The channels that the server offered when it was connected to.</summary>
    IReadOnlyList<ChannelInfo> Channels { get; }

    /// <summary>What of the user's options such a server can follow.</summary>
    /// <exception cref="LiveStreamException">It cannot follow one that playing makes no sense without.</exception>
    LiveStreamClientOptions Follow(LiveStreamClientOptions options);

    /// <summary>Carries a playback until one of the connections ends.</summary>
    /// <returns>The first reason; the others follow from it.</returns>
    Task<ConnectionEnd> RunAsync(Playback playback, CancellationToken cancellationToken);

    /// <summary>Tells the server that nothing more is wanted, as far as it still listens.</summary>
    Task StopAsync(uint selection, CancellationToken cancellationToken);
}
