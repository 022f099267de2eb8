using System.Net;
using KnSock.Server.Access;

namespace KnSock.Server.Tests.Access;

public class PlacesTests
{
    private static readonly IPAddress Here = IPAddress.Parse("198.51.100.7");
    private static readonly IPAddress There = IPAddress.Parse("198.51.100.8");

    [Fact]
    public void ThereAreSoManyInAllAndForAnAddress()
    {
        var places = Make(most: 3, mostPerAddress: 2);
        Assert.True(places.TryTake(Here, out var first, out _));
        Assert.True(places.TryTake(Here, out var second, out _));
        Assert.False(places.TryTake(Here, out _, out var refusal));
        Assert.Equal("address full", refusal);
        Assert.True(places.TryTake(There, out var third, out _));
        Assert.False(places.HasRoom(There, out refusal));
        Assert.Equal("full", refusal);

        second.Dispose();
        second.Dispose();
        Assert.Equal(2, places.Taken);
        Assert.True(places.HasRoom(Here, out _));
        first.Dispose();
        third.Dispose();
        Assert.Equal((0, 0), (places.Taken, places.Addresses));
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7", true)]
    [InlineData("198.51.100.7", "198.51.100.8", false)]
    public void AddressesOfOneCustomerCountAsOne(string one, string other, bool isSame)
    {
        var places = Make(most: 9, mostPerAddress: 1);
        Assert.True(places.TryTake(IPAddress.Parse(one), out _, out _));
        Assert.Equal(!isSame, places.TryTake(IPAddress.Parse(other), out _, out _));
    }

    [Fact]
    public void TheMachineItselfHasNoLimitOfItsOwnUnlessThatIsAskedFor()
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Loopback.MapToIPv6()])
        {
            foreach (var counts in (bool[])[false, true])
            {
                var places = new Places(new PlaceLimits(3, 1, "full", "address full") { CountsLoopback = counts });
                Assert.True(places.TryTake(address, out _, out _));
                Assert.Equal(!counts, places.TryTake(address, out _, out _));
            }
        }

        var none = Make(most: 3, mostPerAddress: null);
        Assert.True(none.TryTake(Here, out _, out _));
        Assert.True(none.TryTake(Here, out _, out _));
        Assert.Equal(0, none.Addresses);
    }

    [Fact]
    public async Task LimitsHoldWhenManyComeAtOnce()
    {
        var places = Make(most: 50, mostPerAddress: 20);
        var (taken, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            var random = new Random(worker);
            var mine = new List<TakenPlace>();
            for (var i = 0; i < 5000; i++)
            {
                if (random.Next(2) == 0 && places.TryTake(new IPAddress([198, 51, 100, (byte)random.Next(4)]), out var place, out _))
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref taken));
                    mine.Add(place);
                }
                else if (mine.Count > 0)
                {
                    Interlocked.Decrement(ref taken);
                    mine[^1].Dispose();
                    mine.RemoveAt(mine.Count - 1);
                }
            }

            Interlocked.Add(ref taken, -mine.Count);
            mine.ForEach(p => p.Dispose());
        })));

        Assert.InRange(most, 1, 50);
        Assert.Equal((0, 0), (places.Taken, places.Addresses));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen)
            {
                return;
            }
        }
    }

    private static Places Make(int most, int? mostPerAddress) => new(new PlaceLimits(most, mostPerAddress, "full", "address full"));
}
