using KnSock.Protocol.Messages;
using KnSock.Server.Access;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>What a viewer token opens, and until when, on virtual time.</summary>
public sealed class AdmissionTests : IAsyncDisposable
{
    private readonly FakeChannel _channel = new();

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public async Task ASessionEndsWhenItsTokenDoesAndIsToldWhy()
    {
        using var session = new DrivenSession(_channel, Viewer(_channel.Channel.Name, seconds: 8));
        session.Turn();
        session.Viewer.Say(new Select { Selection = 1, Channel = 0 });
        await session.UntilAsync(() => session.HasEnded, stepMs: 50);

        // Looked at once a second.
        Assert.InRange(_channel.Time.Now.TotalSeconds, 8, 9.1);
        Assert.Equal(("token", TokenCheck.Expired), session.Viewer.Heard.OfType<ErrorNotice>().Select(e => (e.Code, e.Message)).Single());
        Assert.Single(session.Viewer.Heard.OfType<Selected>());
    }

    [Fact]
    public void WhatATokenDoesNotOpenIsAsIfItWereNotThere()
    {
        using var session = new DrivenSession(_channel, Viewer("another.mp4", seconds: 60));
        session.Turn();
        Assert.Empty(Assert.Single(session.Viewer.Heard.OfType<Catalog>()).Channels);
        session.Viewer.Say(new Select { Selection = 1, Channel = 0 });
        session.Turn();
        Assert.Equal("unknownChannel", Assert.Single(session.Viewer.Heard.OfType<ErrorNotice>()).Code);
    }

    [Fact]
    public void TheLineForATokenIsWrittenOnceUntilSomethingChanges()
    {
        var line = new CatalogLine([_channel.Channel], _channel.CatalogChanged);
        var (all, one, none) = (Grant("*"), Grant(_channel.Channel.Name), Grant("another.mp4"));
        Assert.Same(line.Current, line.Of(all));
        Assert.Equal(line.Current, line.Of(one));
        Assert.Same(line.Of(one), line.Of(Grant("x", _channel.Channel.Name)));
        Assert.Empty(((Catalog)MessageJson.ReadControl(line.Of(none).AsSpan()[..^1])!).Channels);

        _channel.Channel.WarnOfStore("the disk is full");
        Assert.Equal(line.Current, line.Of(one));
    }

    private static ViewerGrant Grant(params string[] channels) => new() { Channels = channels, Expires = DateTimeOffset.MaxValue };

    private FakeViewer Viewer(string channel, double seconds) => new(_channel.Clock) { Admission = new Admission(Grant(channel), TimeSpan.FromSeconds(seconds)) };
}
