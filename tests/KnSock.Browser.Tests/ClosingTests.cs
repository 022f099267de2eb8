using System.Diagnostics;

namespace KnSock.Browser.Tests;

/// <summary>What the server has of a viewer who has left.</summary>
public sealed class ClosingTests(Chromium chromium, WarmServer warm)
{
    [Fact]
    public async Task A_page_that_is_closed_leaves_no_session()
    {
        Assert.True(await CountBecomesAsync(0), "sessions of other pages are left");
        await using var visit = await chromium.VisitAsync(warm.Server.Site);
        await visit.WatchAsync("mandelbrot.mp4");
        var session = Assert.Single(await warm.Server.SessionsAsync());
        Assert.Equal(("websocket", "mandelbrot.mp4"), (session.GetProperty("transport").GetString(), session.GetProperty("channel").GetString()));

        await visit.Page.CloseAsync();
        Assert.True(await CountBecomesAsync(0), "the session is still there");
    }

    private async Task<bool> CountBecomesAsync(int count)
    {
        var start = Stopwatch.GetTimestamp();
        while ((await warm.Server.SessionsAsync()).Count != count)
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > 15)
            {
                return false;
            }

            await Task.Delay(50);
        }

        return true;
    }
}
