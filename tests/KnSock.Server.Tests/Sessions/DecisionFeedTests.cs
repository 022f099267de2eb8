using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Diagnostics;
using KnSock.Server.Sessions;
using KnSock.Server.Tests.Adaptation;
using KnSock.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>The answer to one who asks, with the test as its loop.</summary>
public sealed class DecisionFeedTests : IDisposable
{
    private readonly ServerMetrics _metrics = new(factory: null);
    private readonly ManualTimeProvider _time = new();
    private readonly SessionContext _context;
    private readonly FakeViewer _viewer = new();
    private DecisionFeed? _feed;

    public DecisionFeedTests() => _context = new SessionContext
    {
        Channels = [],
        Catalog = new CatalogLine([], new AsyncSignal()),
        Clock = new ServerClock(_time),
        Metrics = _metrics,
        Logger = NullLogger.Instance,
        MaxBuffer = TimeSpan.FromSeconds(4),
        LargestBatch = TimeSpan.FromSeconds(1),
        NoProgressTimeout = TimeSpan.FromSeconds(10),
        Decisions = null,
    };

    private List<DecisionNotice> Told => [.. _viewer.Heard.OfType<DecisionNotice>()];

    public void Dispose()
    {
        _feed?.Stop();
        _metrics.Dispose();
    }

    [Fact]
    public async Task WhoDoesNotFollowIsToldAllAtOnceAndNoMore()
    {
        Ask(new Why());
        await UntilAsync(() => _feed!.Completion.IsCompleted);

        _context.Explanations.Tell(Taken(1));

        Assert.Equal(0, Assert.IsType<Explained>(Assert.Single(_viewer.Heard)).Sessions);
    }

    [Fact]
    public async Task WhoFollowsIsToldEachDecisionInOrderWithItsAge()
    {
        await FollowAsync(new Why { Follow = true });
        _time.Advance(TimeSpan.FromSeconds(10));
        for (var i = 1; i <= 100; i++)
        {
            _context.Explanations.Tell(Taken(i * 0.1));
        }

        await UntilAsync(() => Told.Count == 100);

        Assert.Equal(Enumerable.Range(1, 100).Select(i => 10 - (i * 0.1)), Told.Select(t => t.AgeSeconds), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(Told, t => Assert.Null(t.Missed));
        Assert.True(DecisionJson.TryRead(Told[^1].Record.GetRawText(), out var record, out _));
        Assert.Equal((TimeSpan.FromSeconds(10), "v1"), (record.At, record.Session));
    }

    [Fact]
    public async Task WhoFollowsOneViewerHearsNothingOfOthers()
    {
        await FollowAsync(new Why { Follow = true, Session = "v2" });

        _context.Explanations.Tell(Taken(1));
        _context.Explanations.Tell(Taken(2, "v2"));
        _context.Explanations.Tell(Taken(3));
        _context.Explanations.Tell(Taken(4, "v2"));

        await UntilAsync(() => Told.Count == 2);
        Assert.All(Told, t => Assert.Equal("v2", t.Record.GetProperty("session").GetString()));
    }

    /// <summary>Telling never waits, what is held is bounded, and who could not keep up knows how much it missed.</summary>
    [Fact]
    public async Task WhoIsSlowMissesDecisionsAndIsToldHowMany()
    {
        const int Count = 2000;
        await FollowAsync(new Why { Follow = true });
        _viewer.IsBehind = true;
        for (var i = 1; i <= Count; i++)
        {
            _context.Explanations.Tell(Taken(i));
            if (i == 500)
            {
                await Eventually.SettleAsync();
            }
        }

        await UntilAsync(() => true);
        Assert.Empty(Told);
        _viewer.IsBehind = false;
        await UntilAsync(() => Told.Count > 0 && Told[^1].Record.GetProperty("atSeconds").GetInt32() == Count);

        var (heard, missed) = (Told.Count, Told.Sum(t => t.Missed ?? 0));
        Assert.Equal(Count, heard + missed);
        Assert.InRange(heard, DecisionFeed.MostWaiting, DecisionFeed.MostWaiting + 40);
        // It says so where they are missing.
        var at = 0;
        foreach (var told in Told)
        {
            at += 1 + (int)(told.Missed ?? 0);
            Assert.Equal(at, told.Record.GetProperty("atSeconds").GetInt32());
        }
    }

    [Fact]
    public async Task ANewQuestionTakesThePlaceOfTheOneBefore()
    {
        await FollowAsync(new Why { Follow = true });
        var before = _feed!;
        before.Stop();
        Ask(new Why { Follow = true, Session = "v2" }, before.Completion);
        await UntilAsync(() => _viewer.Heard.OfType<Explained>().Count() == 2);

        _context.Explanations.Tell(Taken(1));
        _context.Explanations.Tell(Taken(2, "v2"));

        await UntilAsync(() => Told.Count == 1);
        Assert.True(before.Completion.IsCompletedSuccessfully);
    }

    private static TakenDecision Taken(double at, string session = "v1") =>
        Decisions.Take(new RenditionSelector(new RenditionSelectorOptions(), 2), Seen.Viewer(2, 500_000, lead: 0.3), TimeSpan.FromSeconds(at), session);

    private void Ask(Why why, Task? before = null) => _feed = new DecisionFeed(why, "v9", _viewer, static () => { }, _context, before ?? Task.CompletedTask);

    private async Task FollowAsync(Why why)
    {
        Ask(why);
        await UntilAsync(() => _viewer.Heard.OfType<Explained>().Any());
    }

    private Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        _feed!.Continue();
        return condition();
    });
}
