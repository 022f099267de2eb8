using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fuzz.Targets;

/// <summary>The quick reader of feedback: what it takes, the thorough one takes as well, with the same figures. It allocates nothing.</summary>
internal sealed class FeedbackTarget : FuzzTarget
{
    private static readonly string[] Properties =
    [
        "selection", "state", "positionSeconds", "videoBufferSeconds", "audioBufferSeconds", "targetSeconds", "receivedBytes", "stalls", "stallMs", "late", "dropped", "decodeP95Ms", "playbackRate", "presented",
    ];

    public override string Name => "feedback";

    public override bool IsText => true;

    public override int LongestInput => 600;

    public override IReadOnlyList<byte[]> Words { get; } = [.. Properties.Select(p => System.Text.Encoding.UTF8.GetBytes($"\"{p}\":"))];

    public override IEnumerable<byte[]> Seeds() =>
    [
        .. Vectors.Lines("control", "lenient", "invalid", "implausible").Where(l => l.AsSpan().IndexOf("feedback"u8) >= 0),
        MessageJson.WriteLine(new Feedback
        {
            Selection = 3, State = PlayoutState.Playing, PositionSeconds = 12.345678, VideoBufferSeconds = 7.9, AudioBufferSeconds = 8, TargetSeconds = 0.2, ReceivedBytes = 123_456_789,
            Stalls = 1, StallMs = 20, Late = 3, Dropped = 4, DecodeP95Ms = 5.5, Presented = 300, PlaybackRate = 1.0001,
        }),
    ];

    public override bool IsExpected(Exception exception) => false;

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var line = pieces[0].Span;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = FeedbackReader.TryRead(line, out var figures);
        FuzzException.Unless(GC.GetAllocatedBytesForCurrentThread() == before, "it allocates");
        result.Add(isRead ? 1 : 0);
        if (isRead)
        {
            Compare(line, figures);
        }
    }

    private static void Compare(ReadOnlySpan<byte> line, FeedbackFigures figures)
    {
        try
        {
            FuzzException.Unless(MessageJson.ReadControl(line) is Feedback { IsPlausible: true } feedback && feedback.Figures == figures, "the thorough reader reads something else");
        }
        catch (ProtocolException)
        {
            throw new FuzzException("the thorough reader refuses what the quick one takes");
        }
    }
}
