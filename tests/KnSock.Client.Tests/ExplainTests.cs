using System.Text.Json;
using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>Asking a server why its viewers get what they get.</summary>
public sealed class ExplainTests
{
    private static readonly JsonElement Record = JsonDocument.Parse("""{"atSeconds":1.5}""").RootElement;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_come_in_order_until_all_is_told()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options);
        var answers = client.ExplainAsync("v3", follow: false, Cancellation).ToListAsync(Cancellation).AsTask();
        var why = await AskedAsync(server);
        Assert.Equal(("v3", false), (why.Session, why.Follow));

        for (var i = 0; i < 3; i++)
        {
            await server.Session.SendControlAsync(new DecisionNotice { AgeSeconds = i, Record = Record });
        }

        await server.Session.SendControlAsync(new Explained { Sessions = 1 });

        Assert.Equal([0, 1, 2], (await answers).Select(a => a.AgeSeconds));
    }

    [Fact]
    public async Task Who_follows_hears_more_until_it_has_had_enough_and_says_that_it_is_there()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var heard = 0;
        var following = Task.Run(async () =>
        {
            await foreach (var _ in client.ExplainAsync(session: null, follow: true, enough.Token))
            {
                heard++;
            }
        }, Cancellation);
        await AskedAsync(server);
        await server.Session.SendControlAsync(new Explained { Sessions = 0 });
        await server.Session.SendControlAsync(new DecisionNotice { AgeSeconds = 0, Record = Record });
        await UntilAsync(() => server.Received.Any(m => m is Ping));
        await server.Session.SendControlAsync(new DecisionNotice { AgeSeconds = 0, Record = Record });
        await UntilAsync(() => heard == 2);

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        // The client is as good as before.
        Assert.Equal(2, (await client.ConnectAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_words_of_the_server_without_what_does_harm()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options);
        var answers = client.ExplainAsync(session: null, follow: true, Cancellation).ToListAsync(Cancellation).AsTask();
        await AskedAsync(server);
        await server.Session.SendControlAsync(new ErrorNotice { Code = "forbidden", Message = "ask \u001b[2J there" });

        var failure = await Assert.ThrowsAsync<LiveStreamException>(() => answers);

        Assert.EndsWith("does not answer: ask ?[2J there (forbidden)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_question_is_not_waited_for_although_it_answers_pings()
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options with { ConnectTimeout = TimeSpan.FromSeconds(1.5) });

        var failure = await Assert.ThrowsAsync<LiveStreamException>(
            async () => await client.ExplainAsync(session: null, follow: true, Cancellation).ToListAsync(Cancellation));

        Assert.Contains("an older server", failure.Message, StringComparison.Ordinal);
        Assert.Contains(server.Received, m => m is Ping);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_is_gone_is_told(bool afterAll)
    {
        await using var server = new FakeServer();
        await using var client = new LiveStreamClient(server.Options);
        var answers = client.ExplainAsync(session: null, follow: true, Cancellation).ToListAsync(Cancellation).AsTask();
        await AskedAsync(server);
        if (afterAll)
        {
            await server.Session.SendControlAsync(new Explained { Sessions = 0 });
        }

        server.DropConnections();

        var failure = await Assert.ThrowsAsync<LiveStreamException>(() => answers);
        Assert.Contains("was lost", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<Why> AskedAsync(FakeServer server)
    {
        await UntilAsync(() => server.Received.Any(m => m is Why));
        return server.Received.OfType<Why>().First();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 2000, "did not come");
            await Task.Delay(10, Cancellation);
        }
    }
}
