using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>A viewer gets no more than its user wants, however fast the network.</summary>
public class LimitTests
{
    [Fact]
    public async Task No_rung_above_the_height_that_was_asked_for()
    {
        await using var server = await TestServer.StartAsync(TestVideos.Detailed);
        await WaitForHigherRungsAsync(server);

        // They lie ready now, and are not sent all the same.
        var figures = await server.PlayAsync(6, "--max-height", "360");
        Assert.All(figures.Renditions, r => Assert.InRange(LinesOf(r), 1, 360));
        Assert.Contains("360p", figures.Renditions, StringComparer.Ordinal);
        Assert.True(figures is { Stalls: 0, Errors.Count: 0, FramesPresented: > 150 }, figures.ToString());

        var thrifty = await server.PlayAsync(3, "--max-bitrate", "500k");
        Assert.Equal(["240p"], thrifty.Renditions);
    }

    /// <summary>Plays until a rung above 360p was shown: how soon the encoders have one is the machine's affair.</summary>
    private static async Task WaitForHigherRungsAsync(TestServer server)
    {
        PlayFigures free;
        var plays = 0;
        do
        {
            free = await server.PlayAsync(6);
        }
        while (!free.Renditions.Any(r => LinesOf(r) > 360) && ++plays < 5);

        Assert.Contains(free.Renditions, r => LinesOf(r) > 360);
    }

    private static int LinesOf(string rendition) => int.Parse(rendition[..rendition.IndexOf('p', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
}
