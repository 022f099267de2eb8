using System.Globalization;
using KnSock.Cli.Arguments;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Output;

/// <summary>The catalog for people: a drawn table on a terminal, columns of plain text elsewhere.</summary>
internal static class ChannelTable
{
    private static readonly string[] Headings = ["#", "NAME", "TITLE", "LENGTH", "SIZE", "FPS", "SOUND", "RUNGS"];

    /// <summary>What a kn-sock server does not say.</summary>
    private const string Unknown = "-";

    /// <summary>Writes the catalog, and under it how the rungs of each channel come about and what is out of order.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<ChannelInfo> channels)
    {
        TextTable.Write(terminal, Headings, [.. channels.Select(Row)], wrapped: ["NAME", "TITLE", "RUNGS"]);
        foreach (var channel in channels)
        {
            foreach (var note in Notes(channel))
            {
                terminal.Out.WriteLine($"{Printable.Escape(channel.Name)}: {Printable.Escape(note)}");
            }
        }
    }

    private static IEnumerable<string> Notes(ChannelInfo channel) =>
    [
        .. string.IsNullOrEmpty(channel.Encoding) ? (string[])[] : [channel.Encoding],
        .. channel.Renditions.Where(r => r.Withdrawn is not null).Select(r => $"{r.Name} is not offered: {r.Withdrawn}"),
        .. channel.Warnings ?? [],
    ];

    private static string[] Row(ChannelInfo channel) =>
    [
        channel.Index.ToString(CultureInfo.InvariantCulture),
        Printable.Escape(channel.Name),
        Printable.Escape(channel.Title),
        channel.DurationSeconds == 0 ? Unknown : Duration.ToClock(TimeSpan.FromSeconds(double.IsFinite(channel.DurationSeconds) ? Math.Clamp(channel.DurationSeconds, 0, 1e9) : 0)),
        channel.Width == 0 ? Unknown : $"{channel.Width}x{channel.Height}",
        channel.FrameRate == 0 ? Unknown : channel.FrameRate.ToString("0.##", CultureInfo.InvariantCulture),
        channel.HasAudio ? "yes" : "none",
        string.Join(' ', channel.Renditions.OrderByDescending(r => r.Index).Select(r => Printable.Escape(r.Name))),
    ];
}
