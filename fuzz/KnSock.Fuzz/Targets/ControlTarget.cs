using KnSock.Fuzz.Engine;
using KnSock.Fuzz.Formats;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fuzz.Targets;

/// <summary>Lines of the control connection, from either side.</summary>
internal sealed class ControlTarget : FuzzTarget
{
    public override string Name => "control";

    public override bool IsText => true;

    public override IEnumerable<byte[]> Seeds() => Vectors.Lines("control", "lenient", "invalid", "implausible");

    public override bool IsExpected(Exception exception) => exception is ProtocolException;

    // What is read is written and read once more.
    public override long AllocationLimit(int length) => (96 * 1024) + (256L * length);

    public override void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result)
    {
        var line = Feeding.Whole(pieces);
        if (MessageJson.ReadControl(line) is not { } message)
        {
            return;
        }

        var written = MessageJson.WriteLine(message);
        result.Add(written);
        var again = MessageJson.ReadControl(written.AsSpan(0, written.Length - 1));
        FuzzException.Unless(again is not null && MessageJson.WriteLine(again).AsSpan().SequenceEqual(written), "a message that is written again is another");
        Look(message, result);
    }

    private static void Look(ControlMessage message, Digest result)
    {
        switch (message)
        {
            case Select select:
                FuzzException.Unless(!select.IsPlausible || select.PositionSeconds is null or (>= 0 and <= 1e9), "a selection passes for plausible");
                break;
            case Catalog catalog:
                FuzzException.Unless(catalog.Channels.All(c => c.Name is not null && c.Title is not null && c.Renditions.All(r => r.Name is not null)), "a catalog has a null in it");
                break;
            case Limits limits:
                result.Add(limits.IsPlausible ? 1 : 0);
                break;
            default:
                break;
        }
    }
}
