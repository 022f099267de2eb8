using KnSock.Client.Playout;
using KnSock.Media;

namespace KnSock.EndToEnd.Tests;

/// <summary>Keeps what there is to decode without decoding it.</summary>
internal sealed class UnitSink : IMediaSink
{
    public List<QueuedUnit> Pictures { get; } = [];

    public List<QueuedUnit> Sounds { get; } = [];

    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        while (true)
        {
            Take(playback, TrackKind.Video, Pictures);
            Take(playback, TrackKind.Audio, Sounds);
            playback.ReportReady(playback.Selection);
            await Task.Delay(20, cancellationToken);
        }
    }

    private static void Take(IPlayback playback, TrackKind track, List<QueuedUnit> to)
    {
        while (playback.TryTake(track, out var unit))
        {
            // Not the payload, of which there is much.
            to.Add(unit with { Unit = unit.Unit with { Payload = default } });
        }
    }
}
