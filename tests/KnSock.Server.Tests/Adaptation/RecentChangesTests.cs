using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

public sealed class RecentChangesTests
{
    [Fact]
    public void EachChangeCountsOneAtFirstAndAThirdAfterAMinute()
    {
        var changes = new RecentChanges();
        Assert.Equal(0, changes.At(TimeSpan.FromHours(3)));

        changes.Add(TimeSpan.FromSeconds(10));
        changes.Add(TimeSpan.FromSeconds(10));

        Assert.Equal(2, changes.At(TimeSpan.FromSeconds(10)), 9);
        Assert.Equal(2 / Math.E, changes.At(TimeSpan.FromSeconds(70)), 9);
        changes.Add(TimeSpan.FromSeconds(70));
        Assert.Equal(1 + (2 / Math.E), changes.At(TimeSpan.FromSeconds(70)), 9);
        Assert.Equal(0, changes.At(TimeSpan.FromHours(1)), 9);
    }
}
