using System.Text.Json;
using KnSock.Testing.Videos;

namespace KnSock.EndToEnd.Tests;

/// <summary>One server with all sources; they are played some seconds each, a few at a time, while the tests wait each for its own.</summary>
public sealed class SourcesFixture : IAsyncLifetime
{
    internal const double Seconds = 7;

    // As many as two cores decode and encode with room to spare. The largest is played alone.
    private const int AtOnce = 3;

    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly Dictionary<string, Task<PlayFigures>> _plays = new(StringComparer.Ordinal);
    private TestServer? _server;
    private IReadOnlyList<JsonElement> _channels = [];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(TestVideos.Playable);
        _channels = await _server.ChannelsAsync();
        for (var index = 0; index < TestVideos.Playable.Count; index++)
        {
            var video = TestVideos.Playable[index];
            _plays[video.Name] = PlayAsync(index, share: video == TestVideos.Uhd ? AtOnce : 1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_plays.Values).ContinueWith(_ => { }, TaskScheduler.Default);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _free.Dispose();
    }

    internal JsonElement ChannelOf(string name) => _channels[TestVideos.Playable.ToList().FindIndex(v => v.Name == name)];

    internal Task<PlayFigures> FiguresOf(string name) => _plays[name];

    private async Task<PlayFigures> PlayAsync(int index, int share)
    {
        // The list is in order, so whoever needs all places is the last and nobody can starve it.
        for (var taken = 0; taken < share; taken++)
        {
            await _free.WaitAsync();
        }

        try
        {
            return await _server!.PlayAsync(Seconds, "--video", $"{index}");
        }
        finally
        {
            _free.Release(share);
        }
    }
}
