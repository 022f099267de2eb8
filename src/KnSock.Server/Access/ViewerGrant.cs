namespace KnSock.Server.Access;

/// <summary>What a viewer token gives: channels, for a time.</summary>
public sealed record ViewerGrant
{
    /// <summary>In place of names: every channel.</summary>
    public const string AllChannels = "*";

    /// <summary>Names of the channels that it opens; <see cref="AllChannels"/> among them is every one.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>When it ends. Sessions that began with it end then, too.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Whether it opens all channels.</summary>
    public bool OpensAll => Channels.Contains(AllChannels, StringComparer.Ordinal);

    /// <summary>Whether it opens a channel.</summary>
    public bool Opens(string channel) => OpensAll || Channels.Contains(channel, StringComparer.Ordinal);
}
