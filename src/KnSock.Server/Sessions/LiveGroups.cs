using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;

namespace KnSock.Server.Sessions;

/// <summary>The groups of one sender loop.</summary>
internal sealed class LiveGroups(ServerMetrics metrics)
{
    private readonly Dictionary<(RenditionTrack Sound, RenditionTrack Picture), LiveGroup> _groups = [];

    /// <summary>The group of a rung of a channel, with its sound.</summary>
    public LiveGroup Of(Channel channel, RenditionTrack sound, RenditionTrack picture)
    {
        if (!_groups.TryGetValue((sound, picture), out var group))
        {
            foreach (var (key, old) in _groups)
            {
                if (key.Picture.IsClosed && old.Members == 0)
                {
                    _groups.Remove(key);
                }
            }

            group = _groups[(sound, picture)] = new LiveGroup(channel, picture, metrics);
        }

        return group;
    }
}
