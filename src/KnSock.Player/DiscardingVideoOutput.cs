using KnSock.Client.Playout;

namespace KnSock.Player;

/// <summary>Shows nothing.</summary>
internal sealed class DiscardingVideoOutput : IVideoOutput
{
    /// <inheritdoc/>
    public void Present(VideoFrame frame) => frame.Dispose();
}
