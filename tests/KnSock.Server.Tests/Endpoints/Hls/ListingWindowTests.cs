using KnSock.Server.Endpoints.Hls;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>What is listed as the live edge moves on and GOPs become ready. Segments are 2 s, GOPs 1 s, 30 frames each, a turn 6 s.</summary>
public class ListingWindowTests
{
    private static readonly SegmentPlan Plan = new(Make.Timeline(Make.Fps(30), 6));

    [Fact]
    public void AWarmRungIsListedFromFourSegmentsBackUpToTheLiveEdge()
    {
        var window = new ListingWindow(Plan, At(100.75));

        Assert.Equal(new Listing(46, 50, 2, IsCurrent: true), window.Advance(At(100.75), static _ => true));
        Assert.Equal(100, window.NextGop);
        Assert.Equal(new Listing(46, 51, 0, IsCurrent: true), window.Advance(At(102), static _ => true));
    }

    [Fact]
    public void NeverMoreThanTwelveSegmentsAreListed()
    {
        var window = new ListingWindow(Plan, 0);
        for (var seconds = 0; seconds < 100; seconds++)
        {
            var listing = window.Advance(At(seconds), static _ => true);
            Assert.Equal(seconds / 2, listing.End);
            Assert.Equal(Math.Max(0, listing.End - ListingWindow.MostSegments), listing.First);
        }
    }

    [Fact]
    public void AColdRungIsListedAsFarAsWholeGopsGoAndAsksForTheNext()
    {
        var window = new ListingWindow(Plan, At(20.4));
        Assert.Equal(new Listing(6, 6, 0, IsCurrent: false), window.Advance(At(20.4), static _ => false));
        Assert.Equal(12, window.NextGop);
        Assert.Equal(new Listing(6, 7, 3, IsCurrent: false), window.Advance(At(20.4), static gop => gop < 15));
        Assert.Equal(15, window.NextGop);
        Assert.Equal(new Listing(6, 10, 0, IsCurrent: false), window.Advance(At(20.4), static gop => gop < 20));
        Assert.Equal(new Listing(6, 10, 1, IsCurrent: true), window.Advance(At(20.4), static gop => gop < 21));
        Assert.Equal(20, window.NextGop);
    }

    [Fact]
    public void AnEncoderThatIsHopelesslyBehindGoesOnNearTheLiveEdge()
    {
        var window = new ListingWindow(Plan, At(20));
        window.Advance(At(20), static gop => gop < 14);
        Assert.Equal(7, window.Advance(At(39), static gop => gop < 14).End);
        var listing = window.Advance(At(41), static gop => gop < 14);
        Assert.Equal((16, 16), (listing.First, listing.End));
        Assert.Equal(32, window.NextGop);
    }

    [Fact]
    public void ListingsNeverGoBackNorBeyondWhatIsReady()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var window = new ListingWindow(Plan, At(50));
        var (ready, live, last) = (40L, 50.0, new Listing(0, 0, 0, IsCurrent: false));
        for (var i = 0; i < 3000; i++)
        {
            live += random.NextDouble() * 0.3;
            ready = Math.Min((long)live + 5, ready + (random.Next(4) == 0 ? random.Next(3) : 0));
            var listing = window.Advance(At(live), gop => gop < ready);
            var end = Plan[listing.End].PartStart(listing.Parts);
            Assert.True(listing.First >= last.First && (listing.End, listing.Parts).CompareTo((last.End, last.Parts)) >= 0, $"seed {seed}, {live:0.0}: {last} then {listing}");
            Assert.True(end <= At(live) && listing.Parts < Plan[listing.End].Parts && listing.End - listing.First <= ListingWindow.MostSegments, $"seed {seed}: {listing}");
            Assert.True(end <= ready * 30 || listing.End == listing.First, $"seed {seed}: {listing} with {ready} ready");
            last = listing;
        }
    }

    [Theory]
    [InlineData(null, null, true, null, null)]
    [InlineData(null, "1", false, null, null)]
    [InlineData("x", null, false, null, null)]
    [InlineData("86410", "-1", false, null, null)]
    [InlineData("+86410", null, false, null, null)]
    [InlineData("086410", null, false, null, null)]
    [InlineData("86410", null, true, 10L, null)]
    [InlineData("86410", "5", true, 10L, 5)]
    [InlineData("86410", "6", true, 11L, 0)]
    [InlineData("5", null, true, 0L, null)]
    public void RequestsNameSegmentsAndParts(string? number, string? part, bool isValid, long? segment, int? wanted)
    {
        var broadcast = new BroadcastIdentity("x", DateTimeOffset.UnixEpoch);
        Assert.Equal(isValid, ReloadRequest.TryRead(number, part, broadcast, Plan, out var request));
        Assert.Equal(segment is { } s ? new ReloadRequest(s, wanted) : null, request);
    }

    [Fact]
    public void ARequestIsMetByTheListingThatHasIt()
    {
        var listing = new Listing(3, 10, 2, IsCurrent: true);
        Assert.True(new ReloadRequest(9, Part: null).IsIn(listing) && new ReloadRequest(9, 5).IsIn(listing) && new ReloadRequest(10, 1).IsIn(listing));
        Assert.False(new ReloadRequest(10, Part: null).IsIn(listing) || new ReloadRequest(10, 2).IsIn(listing) || new ReloadRequest(11, 0).IsIn(listing));
        Assert.False(new ReloadRequest(11, Part: null).IsTooFarAhead(10));
        Assert.True(new ReloadRequest(12, Part: null).IsTooFarAhead(10));
    }

    private static long At(double seconds) => (long)(seconds * 30);
}
