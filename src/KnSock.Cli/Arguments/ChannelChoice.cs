using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KnSock.Cli.Output;
using KnSock.Protocol.Messages;

namespace KnSock.Cli.Arguments;

/// <summary>Finds the channel that <c>--video</c> means: an index as <c>knsock channels</c> prints it, or a name.</summary>
internal static class ChannelChoice
{
    /// <summary>Finds the channel; an index goes before a name that looks like one, the exact name before one in other case.</summary>
    /// <param name="channels">The catalog.</param>
    /// <param name="wanted">Index or name; null is the first channel.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="error">What is wrong and what there is.</param>
    public static bool TryFind(
        IReadOnlyList<ChannelInfo> channels, string? wanted, [NotNullWhen(true)] out ChannelInfo? channel, [NotNullWhen(false)] out string? error)
    {
        channel = wanted is null ? (channels.Count > 0 ? channels[0] : null) : ByIndex(channels, wanted) ?? ByName(channels, wanted);
        error = channel is null ? Explain(channels, wanted) : null;
        return channel is not null;
    }

    private static ChannelInfo? ByIndex(IReadOnlyList<ChannelInfo> channels, string wanted) =>
        int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? channels.FirstOrDefault(c => c.Index == index) : null;

    private static ChannelInfo? ByName(IReadOnlyList<ChannelInfo> channels, string wanted) =>
        channels.FirstOrDefault(c => string.Equals(c.Name, wanted, StringComparison.Ordinal))
        ?? channels.FirstOrDefault(c => string.Equals(c.Name, wanted, StringComparison.OrdinalIgnoreCase));

    private static string Explain(IReadOnlyList<ChannelInfo> channels, string? wanted)
    {
        if (channels.Count == 0)
        {
            return "the server has no channels";
        }

        var there = string.Join(", ", channels.Take(9).Select(c => $"{c.Index} {Printable.Escape(c.Name)}"));
        return $"there is no channel '{Printable.Escape(wanted!)}'; the server has {there}{(channels.Count > 9 ? ", ..." : string.Empty)}";
    }
}
