using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Channels;
using KnSock.Server.Tests.Sessions;

namespace KnSock.Server.Tests.Channels;

/// <summary>Channels come and go, and nobody ends up elsewhere for it.</summary>
public sealed class ChannelLineupTests
{
    private readonly AsyncSignal _changed = new();
    private readonly ChannelLineup _lineup;

    public ChannelLineupTests() => _lineup = new ChannelLineup(_changed);

    [Fact]
    public void ANumberIsNeverAnothersAndANameIsFreeAgain()
    {
        var (a, b) = (Add("a.mp4"), Add("b.mp4"));
        Assert.Equal(("a-2.mp4", "c.mp4"), (_lineup.FreeName("a.mp4"), _lineup.FreeName("c.mp4")));
        Assert.Null(_lineup.TryAdd("a.mp4", _ => throw new InvalidOperationException("the name is taken")));

        Assert.True(_lineup.Remove(a));
        Assert.False(_lineup.Remove(a));

        var again = Add("a.mp4");
        Assert.Equal([1, 2], _lineup.Select(c => c.Index));
        Assert.Equal((null, again, b), (_lineup.Find(0), _lineup.Find(2), _lineup.Find(1)));
        Assert.True(a.HasEnded && !again.HasEnded && !b.HasEnded);
    }

    [Fact]
    public void ANameThatAnotherHasIsNotGiven()
    {
        var (a, b) = (Add("a.mp4"), Add("b.mp4"));
        Assert.False(_lineup.TryRename(a, "b.mp4"));
        Assert.Equal("a.mp4", a.Info.Name);

        Assert.True(_lineup.TryRename(a, "a.mp4"));
        Assert.True(_lineup.TryRename(a, "c.mp4"));
        Assert.True(_lineup.TryRename(b, "a.mp4"));
        Assert.Equal("c.mp4 a.mp4", string.Join(' ', _lineup.Select(c => c.Info.Name)));
    }

    [Fact]
    public async Task WhoIsThereRunsUntilItGoesAndWhoComesRunsToo()
    {
        using var stop = new CancellationTokenSource();
        var first = Add("a.mp4");
        var running = _lineup.RunAsync(stop.Token);
        var second = Add("b.mp4");

        _lineup.Remove(first);
        await first.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(MediaOf(first));
        Assert.NotEmpty(MediaOf(second));
        Assert.Null(first.VideoTracks[0].TryBegin(0, Make.VideoSetup()));

        _lineup.Remove(second);
        await second.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ViewersOfOneThatGoesAreToldAndCanWatchAnother()
    {
        await using var channel = new FakeChannel(feeds: false);
        using var stop = new CancellationTokenSource();
        var lineup = new ChannelLineup(channel.CatalogChanged);
        lineup.TryAdd("a.mp4", _ => channel.Channel);
        var other = lineup.TryAdd("b.mp4", i => FilledChannel.Create(channel.Timeline, index: i, changed: channel.CatalogChanged))!;
        var running = lineup.RunAsync(stop.Token);
        var viewer = new FakeViewer(channel.Clock);
        using (var session = new DrivenSession(channel, viewer, channels: lineup))
        {
            viewer.Say(new Select { Selection = 1, Channel = 0 });
            await session.UntilAsync(() => viewer.VideoFrames.Units.Any());
            Assert.Equal(1, channel.Channel.Viewers);

            lineup.Remove(channel.Channel);
            await session.UntilAsync(() => viewer.Heard.OfType<ChannelEndedNotice>().Any(), stepMs: 50);

            Assert.Equal(1u, viewer.Heard.OfType<ChannelEndedNotice>().Single().Selection);
            Assert.Equal([1], viewer.Heard.OfType<Catalog>().Last().Channels.Select(c => c.Index));
            Assert.True(viewer.Heard.ToList().FindLastIndex(m => m is Catalog) < viewer.Heard.ToList().FindIndex(m => m is ChannelEndedNotice));
            Assert.Equal(0, channel.Channel.Viewers);
            await channel.Channel.Ended.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.All(channel.Encoders, e => Assert.Equal(0, e.Running));
            Assert.False(session.HasEnded);

            var sent = viewer.VideoFrames.Units.Count();
            viewer.Say(new Select { Selection = 2, Channel = 0 });
            viewer.Say(new Select { Selection = 3, Channel = other.Index });
            await session.UntilAsync(() => viewer.VideoFrames.Units.Count() > sent);
            Assert.Equal(("unknownChannel", 2u), viewer.Heard.OfType<ErrorNotice>().Select(e => (e.Code, e.Selection!.Value)).Single());
        }

        await stop.CancelAsync();
        await running;
    }

    private static IEnumerable<Gop> MediaOf(Channel channel) =>
        channel.Media.All.SelectMany(t => Enumerable.Range(0, t.Timeline.GopCount).Select(g => t[g])).OfType<Gop>();

    private Channel Add(string name)
    {
        var channel = _lineup.TryAdd(name, index => FilledChannel.Create(Make.Timeline(Make.Fps(30), 3), index: index, changed: _changed))!;
        Assert.True(_lineup.TryRename(channel, name));
        return channel;
    }
}
