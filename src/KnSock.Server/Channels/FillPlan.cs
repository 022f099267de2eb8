using KnSock.Media;

namespace KnSock.Server.Channels;

/// <summary>Decides what to encode ahead of need next: what is watched before what may be, and from where somebody watches on.</summary>
internal static class FillPlan
{
    /// <summary>
    /// A task ends after so many GOPs, so that another that has become more urgent gets its turn, and a run's arguments stay within bounds.
    /// </summary>
    private const int LongestRange = 120;

    /// <summary>The gap to fill next. Null: nothing is left to do.</summary>
    public static FillTask? Next(IReadOnlyList<ChannelMedia> channels, FillScope scope)
    {
        foreach (var level in Levels(scope))
        {
            foreach (var channel in channels)
            {
                // Sound and picture are not made by the same run.
                foreach (var tracks in new IReadOnlyList<RenditionTrack>[] { [channel.Audio], channel.LowAudio is { } low ? [low] : [], channel.Video })
                {
                    if (Gap(channel, [.. tracks.Where(t => t.Stored is { IsComplete: false } && level(channel, t))]) is { } task)
                    {
                        return task;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Which tracks come first, second and so on.</summary>
    private static IEnumerable<Func<ChannelMedia, RenditionTrack, bool>> Levels(FillScope scope)
    {
        if (scope >= FillScope.Watched)
        {
            yield return (_, track) => track.IsRead;
        }

        if (scope >= FillScope.Likely)
        {
            yield return (channel, track) => IsNextTo(channel, track, t => t.IsRead);
        }

        if (scope >= FillScope.Watched)
        {
            yield return (_, track) => track.Readers.Ever;
        }

        if (scope >= FillScope.Likely)
        {
            yield return (channel, track) => IsNextTo(channel, track, t => t.Readers.Ever);
        }

        if (scope >= FillScope.All)
        {
            yield return (_, _) => true;
        }
    }

    private static bool IsNextTo(ChannelMedia channel, RenditionTrack track, Func<RenditionTrack, bool> isIt)
    {
        if (track == channel.Audio || track == channel.LowAudio)
        {
            return false;
        }

        var index = track.Rendition.Index;
        return channel.Video.Any(t => Math.Abs(t.Rendition.Index - index) == 1 && isIt(t));
    }

    private static FillTask? Gap(ChannelMedia channel, IReadOnlyList<RenditionTrack> tracks)
    {
        if (tracks.Count == 0)
        {
            return null;
        }

        var start = channel.All.FirstOrDefault(t => t.IsRead)?.Readers.At ?? 0;
        for (var step = 0; step < channel.Timeline.GopCount; step++)
        {
            var gop = (start + step) % channel.Timeline.GopCount;
            RenditionTrack[] missing = [.. tracks.Where(t => IsMissing(channel, t, gop))];
            if (missing.Length > 0)
            {
                // What is passed through comes of no decoding that others could share.
                missing = missing.Where(t => !IsPassthrough(t)).ToArray() is { Length: > 0 } encoded ? encoded : missing;
                var end = gop + 1;
                while (end < channel.Timeline.GopCount && end - gop < LongestRange && missing.All(t => IsMissing(channel, t, end)))
                {
                    end++;
                }

                return new FillTask(channel, missing, gop, end);
            }
        }

        return null;
    }

    private static bool IsPassthrough(RenditionTrack track) => track.Rendition is VideoRendition { IsPassthrough: true };

    /// <summary>Neither stored, nor in the making, nor so near to a reader that the feeder is to make it.</summary>
    private static bool IsMissing(ChannelMedia channel, RenditionTrack track, int gop) =>
        channel.Timeline.UnitsIn(track.Rendition.Kind, gop) > 0 && track[gop] is null && !track.Stored!.Has(gop) && !track.Readers.Want(gop, leads: 2);
}
