using System.Net;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Endpoints.Native;
using KnSock.Server.Endpoints.Sockets;
using KnSock.Server.Tests.Encoding;

namespace KnSock.Server.Tests.Endpoints.Native;

/// <summary>Asking why, over real sockets.</summary>
public sealed class WhyTests(SmallVideos videos) : IClassFixture<SmallVideos>
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("192.168.1.10", false)]
    [InlineData("128.0.0.1", false)]
    [InlineData("fe80::1", false)]
    public void TheAddressesOfTheMachineItselfAreKnown(string address, bool isLoopback) => Assert.Equal(isLoopback, LoopbackAddresses.Contain(IPAddress.Parse(address)));

    [Fact]
    public async Task WhoAsksIsToldHowThingsStandWithEachThatPlays()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        using var asker = await TestViewer.ConnectAsync(running.Server, sharedAudio: true);
        await viewer.PlayAsync();

        await asker.SendAsync(new Why());
        var notice = await asker.ReceiveAsync<DecisionNotice>();

        Assert.Null(notice.Missed);
        Assert.InRange(notice.AgeSeconds, 0, 10);
        Assert.True(DecisionJson.TryRead(notice.Record.GetRawText(), out var record, out var fault), fault);
        Assert.Equal(("v1", "plain.mp4"), (record.Session, record.Channel));
        Assert.Equal(record.Decision, record.Retake().Decision);
        Assert.Equal(record.Candidates, record.Retake().Candidates);
        Assert.Equal(2, (await asker.ReceiveAsync<Explained>()).Sessions);

        await asker.SendAsync(new Why { Session = "v1" });
        Assert.Equal(1, (await asker.ReceiveAsync<Explained>()).Sessions);
        await asker.SendAsync(new Why { Session = "v7" });
        Assert.Equal("unknownViewer", (await asker.ReceiveAsync<ErrorNotice>()).Code);
        // A viewer may ask about itself, too.
        await viewer.SendAsync(new Why { Session = "v2" });
        Assert.Equal(1, (await viewer.ReceiveAsync<Explained>()).Sessions);
    }

    [Fact]
    public async Task AFloodOfQuestionsFromOneWhoReadsNothingHoldsNobodyUp()
    {
        await using var running = await RunningServer.StartAsync(videos);
        using var viewer = await TestViewer.ConnectAsync(running.Server);
        using var asker = await TestViewer.ConnectAsync(running.Server, sharedAudio: true);
        await viewer.PlayAsync();

        for (var i = 0; i < 500; i++)
        {
            await asker.SendAsync(new Why { Follow = i % 2 == 0 });
        }

        await asker.SendAsync(new Why { Session = "v2" });
        var before = TestViewer.Units(viewer.VideoFrames);
        await viewer.SendAsync(new Ping { Id = 5 });
        Assert.Equal(5, (await viewer.ReceiveAsync<Pong>()).Id);
        await viewer.SendAsync(new Select { Selection = 2, Channel = 0, From = StartPoint.Beginning });
        await Eventually.TrueAsync(() => TestViewer.Units(viewer.VideoFrames) > before + 30);

        // Of what was answered the last is whole.
        for (var sessions = 0; sessions != 1;)
        {
            sessions = (await asker.ReceiveAsync<Explained>()).Sessions;
        }
    }

    [Fact]
    public async Task WhoFollowsMayLeaveAndTheServerMayStop()
    {
        var running = await RunningServer.StartAsync(videos);
        await using (running)
        {
            using var viewer = await TestViewer.ConnectAsync(running.Server);
            await viewer.PlayAsync();
            using (var leaving = await TestViewer.ConnectAsync(running.Server, sharedAudio: true))
            {
                await leaving.SendAsync(new Why { Follow = true });
                await leaving.ReceiveAsync<Explained>();
            }

            using var staying = await TestViewer.ConnectAsync(running.Server, sharedAudio: true);
            await staying.SendAsync(new Why { Follow = true });
            await staying.ReceiveAsync<Explained>();
            await running.Server.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
    }
}
