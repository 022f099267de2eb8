using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>The catalog is written once for all, and anew when what it says has changed.</summary>
public sealed class CatalogLineTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void ItIsTheSameUntilSomethingChanges()
    {
        var line = new CatalogLine([_channel.Channel], _channel.CatalogChanged);
        var first = line.Current;
        Assert.Same(first, line.Current);

        _channel.Channel.WarnOfStore("the disk is full");

        Assert.Contains("the disk is full", System.Text.Encoding.UTF8.GetString(line.Current), StringComparison.Ordinal);
        Assert.Same(line.Current, line.Current);
    }

    [Fact]
    public void ItTellsOfARenditionThatCannotBeMadeAndOfItsRecovery()
    {
        var line = new CatalogLine([_channel.Channel], _channel.CatalogChanged);
        var first = line.Current;

        _channel.High.SetFault("the source is broken");
        Assert.Contains("the source is broken", System.Text.Encoding.UTF8.GetString(line.Current), StringComparison.Ordinal);
        _channel.High.SetFault(fault: null);
        Assert.Equal(first, line.Current);
    }
}
