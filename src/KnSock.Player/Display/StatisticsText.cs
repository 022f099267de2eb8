using KnSock.Client.Playout;
using KnSock.Protocol.Messages;

namespace KnSock.Player.Display;

/// <summary>Puts the figures of a playback into the lines that are shown over the picture.</summary>
internal static class StatisticsText
{
    private const int MaxLength = 44;

    /// <summary>The lines, with the channel's title as heading.</summary>
    /// <param name="channel">The channel being played.</param>
    /// <param name="figures">Its figures.</param>
    /// <param name="picture">Size of the picture on the screen; null before there is one.</param>
    /// <param name="maxBufferSeconds">What a full buffer holds, for the bars.</param>
    public static IReadOnlyList<OverlayLine> Lines(
        ChannelInfo channel, PlaybackStatistics figures, (int Width, int Height)? picture, double maxBufferSeconds)
    {
        List<OverlayLine> lines =
        [
            new("", Printable(channel.Title)),
            new("Rung", Rung(figures, picture)),
            new("Picture", $"{figures.VideoBufferSeconds:0.0} s ahead", figures.VideoBufferSeconds / maxBufferSeconds),
            new("Sound", $"{figures.AudioBufferSeconds:0.0} s ahead", figures.AudioBufferSeconds / maxBufferSeconds),
            new("Behind live", $"{figures.LatencyP50Ms:0} ms, 95% under {figures.LatencyP95Ms:0}"),
            new("A/V apart", $"95% under {figures.AvSkewP95Ms:0} ms"),
            new("Frames", $"{figures.FramesPresented} shown, {figures.FramesDropped} dropped"),
            new("Stalls", figures.Stalls == 0 ? "none" : $"{figures.Stalls}, {figures.StallMs / 1000:0.0} s in all"),
            new("Decoding", $"95% under {figures.DecodeP95Ms:0.0} ms"),
            new("Received", Bytes(figures.BytesReceived)),
        ];
        if (figures.JoinMs is { } join)
        {
            lines.Add(new("Joined in", $"{join:0} ms"));
        }

        if (figures.RenditionReason is { Length: > 0 } reason)
        {
            lines.Add(new("Chosen for", Printable(reason)));
        }

        return lines;
    }

    /// <summary>Untrusted text as one line of ASCII of bounded length.</summary>
    public static string Printable(string text)
    {
        var cut = text.Length <= MaxLength ? text : $"{text[..(MaxLength - 3)]}...";
        return string.Create(cut.Length, cut, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
            }
        });
    }

    private static string Rung(PlaybackStatistics figures, (int Width, int Height)? picture)
    {
        var size = picture is { } p ? $"{p.Width}x{p.Height}" : "no picture yet";
        var changes = figures.Switches == 1 ? "1 switch" : $"{figures.Switches} switches";
        return figures.Rendition is { } name ? $"{Printable(name)}  {size}  {changes}" : size;
    }

    private static string Bytes(long count) => count switch
    {
        < 1_000_000 => $"{count / 1e3:0} kB",
        < 1_000_000_000 => $"{count / 1e6:0.0} MB",
        _ => $"{count / 1e9:0.00} GB",
    };
}
