using System.Collections;
using System.Collections.Concurrent;

namespace KnSock.Server.Channels;

/// <summary>
/// The channels on offer, which come and go while viewers watch. Whoever goes through it sees it as it is at that moment. A channel keeps its number as long as it is there, and no other gets it afterwards, so that
/// nobody who selects by number ends up elsewhere.
/// </summary>
/// <param name="changed">Is told when a channel has come or gone, and when what the catalog says of one has changed.</param>
internal sealed class ChannelLineup(AsyncSignal changed) : IEnumerable<Channel>
{
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<Channel> _toRun = new();
    private volatile Channel[] _channels = [];
    private int _numbers;

    /// <summary>What is told when the catalog has changed.</summary>
    public AsyncSignal Changed => changed;

    /// <summary>How many there are.</summary>
    public int Count => _channels.Length;

    /// <summary>Adds one at the end.</summary>
    /// <param name="name">The name that it is to have.</param>
    /// <param name="create">Makes it, given its number.</param>
    /// <returns>Null: another has the name.</returns>
    public Channel? TryAdd(string name, Func<int, Channel> create)
    {
        Channel channel;
        lock (_lock)
        {
            if (HasName(name))
            {
                return null;
            }

            channel = create(_numbers++);
            _channels = [.. _channels, channel];
            _toRun.Enqueue(channel);
        }

        changed.Pulse();
        return channel;
    }

    /// <summary>The channel of a number. Null: there is none.</summary>
    public Channel? Find(int index) => Array.Find(_channels, c => c.Index == index);

    /// <summary>Whether a channel has that name.</summary>
    public bool HasName(string name) => Array.Exists(_channels, c => string.Equals(c.Name, name, StringComparison.Ordinal));

    /// <summary>The name of a file, with a number where another channel has that name already.</summary>
    public string FreeName(string fileName)
    {
        var name = fileName;
        for (var number = 2; HasName(name); number++)
        {
            name = $"{Path.GetFileNameWithoutExtension(fileName)}-{number}{Path.GetExtension(fileName)}";
        }

        return name;
    }

    /// <summary>Gives a channel another name. False: another has it already.</summary>
    public bool TryRename(Channel channel, string name)
    {
        lock (_lock)
        {
            if (_channels.Any(c => c != channel && string.Equals(c.Name, name, StringComparison.Ordinal)))
            {
                return false;
            }

            channel.Describe(name, title: null);
            return true;
        }
    }

    /// <summary>Takes one out: it ends, and its viewers are told so. False: it is not there any more.</summary>
    public bool Remove(Channel channel)
    {
        lock (_lock)
        {
            var left = Array.FindAll(_channels, c => c != channel);
            if (left.Length == _channels.Length)
            {
                return false;
            }

            channel.End();
            _channels = left;
        }

        changed.Pulse();
        return true;
    }

    /// <summary>Runs all that are there, and those that come, each until it ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var running = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = changed.Next;
            while (_toRun.TryDequeue(out var channel))
            {
                // Also one that has ended already: somebody may wait for it to be over.
                running.Add(channel.RunAsync(cancellationToken));
            }

            running.RemoveAll(r => r.IsCompletedSuccessfully);
            await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(running);
    }

    public IEnumerator<Channel> GetEnumerator() => ((IEnumerable<Channel>)_channels).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
