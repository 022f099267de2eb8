using KnSock.Server.Sources;

namespace KnSock.Server.Channels;

/// <summary>Opens channels at the start, and adds, describes and removes them while the server runs.</summary>
/// <param name="lineup">The channels on offer.</param>
/// <param name="prober">Asks what a file holds.</param>
/// <param name="factory">Makes media of it.</param>
/// <param name="open">Makes a channel of that, given its number.</param>
/// <param name="folder">Where files for further channels lie. Null: the channels stay as they are.</param>
/// <param name="stopping">Ends what is under way.</param>
internal sealed class ChannelChanges(
    ChannelLineup lineup, SourceProber prober, ChannelFactory factory, Func<int, ChannelMedia, Channel> open, MediaFolder? folder, CancellationToken stopping) : IDisposable
{
    /// <summary>A catalog of so many still fits into a line of the protocol, whatever they are called.</summary>
    public const int MostChannels = 250;

    private const int LongestText = 200;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Opens a file as a channel.</summary>
    /// <exception cref="LiveStreamServerException">The file cannot be served.</exception>
    /// <exception cref="ChannelChangeException">Another channel has got the name meanwhile.</exception>
    public async Task<Channel> OpenAsync(string path, string? name, string? title, CancellationToken cancellationToken)
    {
        var source = await prober.ProbeAsync(path, cancellationToken);
        var media = await factory.CreateAsync(name ?? lineup.FreeName(source.FileName), source, isLive: true, cancellationToken);
        return lineup.TryAdd(media.Name, Open) ?? throw Taken(media.Name);

        Channel Open(int index)
        {
            var channel = open(index, media);
            channel.Describe(name: null, title);
            return channel;
        }
    }

    /// <summary>Files of which channels can be made.</summary>
    /// <exception cref="ChannelChangeException">The channels are not to be changed, or the folder cannot be read.</exception>
    public IReadOnlyList<string> ListFiles()
    {
        try
        {
            return Folder.List();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ChannelChangeException(ChannelChangeFault.NoSuchFile, $"the media folder cannot be read: {DisplayText.Clean(e.Message)}");
        }
    }

    /// <summary>Adds a channel of a file in the media folder; one at a time, for it may take seconds to see what is in a file.</summary>
    /// <param name="file">The plain name of the file.</param>
    /// <param name="name">The channel's name. Null: that of the file, with a number if it is taken.</param>
    /// <param name="title">Its title. Null: the one that the file gives.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChannelChangeException">It cannot be added.</exception>
    public async Task<Channel> AddAsync(string file, string? name, string? title, CancellationToken cancellationToken)
    {
        var media = Folder;
        Check(name, title);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await _one.WaitAsync(either.Token);
        try
        {
            if (lineup.Count >= MostChannels)
            {
                throw new ChannelChangeException(ChannelChangeFault.TooMany, $"there are {lineup.Count} channels, which is the most; remove one first");
            }

            if (name is not null && lineup.HasName(name))
            {
                throw Taken(name);
            }

            if (!media.TryFind(file, out var path))
            {
                throw new ChannelChangeException(ChannelChangeFault.NoSuchFile, "there is no such file in the media folder; give the plain name of a file in it");
            }

            return await OpenAsync(path, name, title, either.Token);
        }
        catch (LiveStreamServerException e)
        {
            // Where the folder lies is nobody's business.
            throw new ChannelChangeException(ChannelChangeFault.NotServable, e.Message.Replace(media.Prefix, "", StringComparison.Ordinal));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Gives a channel another name or title; null leaves what it has.</summary>
    /// <exception cref="ChannelChangeException">It cannot be done.</exception>
    public Channel Describe(int index, string? name, string? title)
    {
        var channel = Find(index);
        Check(name, title);
        if (name is not null && !lineup.TryRename(channel, name))
        {
            throw Taken(name);
        }

        channel.Describe(name: null, title);
        return channel;
    }

    /// <summary>Takes a channel out: its viewers are told that it has ended, and when this completes its encoders have ended and its media is let go.</summary>
    /// <exception cref="ChannelChangeException">It cannot be done.</exception>
    public async Task RemoveAsync(int index, CancellationToken cancellationToken)
    {
        var channel = Find(index);
        if (!lineup.Remove(channel))
        {
            throw Unknown();
        }

        await channel.Ended.WaitAsync(cancellationToken);
    }

    public void Dispose() => _one.Dispose();

    private MediaFolder Folder => folder ?? throw new ChannelChangeException(ChannelChangeFault.Fixed, "the channels of this server cannot be changed; start it with --media-folder");

    private Channel Find(int index) => Folder is not null && lineup.Find(index) is { } channel ? channel : throw Unknown();

    private static void Check(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (text is not null && (text.Length is 0 or > LongestText || text != DisplayText.Clean(text).Trim()))
            {
                throw new ChannelChangeException(ChannelChangeFault.BadName, $"names and titles have 1 to {LongestText} characters, no control characters, and no space at either end");
            }
        }
    }

    private static ChannelChangeException Unknown() => new(ChannelChangeFault.NoSuchChannel, "there is no such channel; see api/channels");

    private static ChannelChangeException Taken(string name) => new(ChannelChangeFault.NameTaken, $"another channel is called {DisplayText.Clean(name)}; choose another name");
}
