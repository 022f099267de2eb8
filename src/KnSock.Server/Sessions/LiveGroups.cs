using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;

namespace KnSock.Server.Sessions;

/// <summary>The groups of one sender loop.</summary>
internal sealed class LiveGroups(ServerMetrics metrics)
{
    private readonly Dictionary<RenditionTrack, LiveGroup> _groups = [];

    /// <summary>The group of a rung of a channel.</summary>
    public LiveGroup Of(Channel channel, RenditionTrack track)
    {
        if (!_groups.TryGetValue(track, out var group))
        {
            group = _groups[track] = new LiveGroup(channel, track, metrics);
        }

        return group;
    }
}
