using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>Says what the next GOPs of a channel weigh in each rung. It keeps one list and writes it anew each time.</summary>
/// <param name="channel">The channel.</param>
/// <param name="rates">Rate of each rung on the wire, with sound and framing, bit/s.</param>
internal sealed class GopForecast(Channel channel, IReadOnlyList<double> rates)
{
    /// <summary>How many GOPs it looks ahead.</summary>
    public const int Depth = 10;

    /// <summary>The part of a GOP that its keyframe takes, where that is not known.</summary>
    private const double KeyframeShare = 0.25;

    private readonly GopOutlook _begun = new(rates.Count);
    private readonly GopOutlook[] _outlook = [.. Enumerable.Range(0, Depth).Select(_ => new GopOutlook(rates.Count))];

    /// <summary>The GOPs from one on. Valid until the next call.</summary>
    public IReadOnlyList<GopOutlook> From(int gop)
    {
        foreach (var outlook in _outlook)
        {
            Describe(outlook, gop);
            gop = (gop + 1) % channel.Timeline.GopCount;
        }

        return _outlook;
    }

    /// <summary>One GOP alone. Valid until the next call.</summary>
    public GopOutlook Of(int gop)
    {
        Describe(_begun, gop);
        return _begun;
    }

    private void Describe(GopOutlook outlook, int gop)
    {
        var timeline = channel.Timeline;
        outlook.Duration = timeline.GopStart(gop + 1) - timeline.GopStart(gop);
        var seconds = outlook.Duration.TotalSeconds;
        var demand = Demand(gop, seconds);
        for (var rung = 0; rung < rates.Count; rung++)
        {
            var rendition = channel.VideoTracks[rung].Rendition;
            var besides = (rates[rung] - rendition.BitsPerSecond) / 8 * seconds;
            var known = channel.VideoTracks[rung][gop] is { IsComplete: true } complete ? complete : null;
            var picture = known?.Bytes ?? rendition.BitsPerSecond / 8 * seconds * demand;
            outlook.Bytes[rung] = (long)(picture + besides);
            outlook.KeyframeBytes[rung] = known?.Start(1) ?? (long)(picture * KeyframeShare);
        }
    }

    /// <summary>What a GOP takes beside the mean, as far as a rung that is there already tells: what is hard for one is hard for all.</summary>
    private double Demand(int gop, double seconds)
    {
        for (var rung = 0; rung < rates.Count; rung++)
        {
            var track = channel.VideoTracks[rung];
            if (track[gop] is { IsComplete: true } known)
            {
                return known.Bytes * 8 / seconds / track.Rendition.BitsPerSecond;
            }
        }

        return 1;
    }
}
