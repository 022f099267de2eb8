using System.Text;
using KnSock.Client;
using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Media;
using KnSock.Protocol;
using KnSock.Protocol.Messages;
using KnSock.Testing;

namespace KnSock.Fuzz.Targets;

/// <summary>What a server says, as the client's playback takes it: a catalog, then messages about what is played.</summary>
internal sealed class PlaybackTarget : FuzzTarget
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public override string Name => "playback";

    public override bool IsText => true;

    public override IEnumerable<byte[]> Seeds()
    {
        var lines = Vectors.Lines("control").Select(Encoding.UTF8.GetString).ToList();
        var catalogs = lines.Where(l => l.Contains("\"catalog\"", StringComparison.Ordinal));
        return catalogs.Select(c => Encoding.UTF8.GetBytes(string.Join('\n', lines.Prepend(c))));
    }

    public override bool IsExpected(Exception exception) => exception is ProtocolException or LiveStreamException;

    public override long AllocationLimit(int length) => (1024 * 1024) + (1024L * length);

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var time = new ManualTimeProvider();
        Playback? playback = null;
        foreach (var line in Encoding.UTF8.GetString(pieces[0].Span).Split('\n'))
        {
            if (MessageJson.ReadControl(Encoding.UTF8.GetBytes(line)) is not { } message)
            {
                continue;
            }

            if (playback is null && message is Catalog { Channels: [var first, ..] } catalog)
            {
                playback = new Playback(new LiveStreamClientOptions { TimeProvider = time }, catalog.Channels, first, time.Now);
                playback.TakeUnsentSelect();
                playback.OnMark(new Mark { Selection = 1, TurnStart = default, SendTime = default, LiveEdge = default });
            }

            playback?.OnControl(message);
            time.Advance(Step);
            Look(playback, result);
        }
    }

    private static void Look(Playback? playback, Digest result)
    {
        if (playback is null)
        {
            return;
        }

        FuzzException.Unless(playback.TurnLength > TimeSpan.Zero, "a turn has no length");
        playback.ReportPicture(Client.Playout.PictureOutcome.Presented, Timestamp.FromSeconds(1));
        result.Add(playback.Statistics.Channel ?? "");
        if (playback.BuildFeedback() is { } feedback)
        {
            FuzzException.Unless(feedback.IsPlausible, "the client's own feedback is not plausible");
            result.Add(MessageJson.WriteLine(feedback));
        }
    }
}
