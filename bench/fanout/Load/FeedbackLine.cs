using System.Buffers.Text;
using KnSock.Fanout.Framing;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Fanout.Load;

/// <summary>Writes the messages that a viewer sends over and over, in place.</summary>
internal static class FeedbackLine
{
    /// <summary>Room that every such message fits in, bytes.</summary>
    public const int Size = ProtocolLimits.HeardAtOnce;

    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>Writes feedback and gives its length.</summary>
    public static int Write(Span<byte> destination, SimulatedPlayout playout, long receivedBytes)
    {
        var line = new Cursor(destination);
        line.Add("{\"type\":\"feedback\",\"selection\":"u8);
        line.Add((long)FrameVerifier.Selection);
        line.Add(",\"state\":\""u8);
        line.Add(WordOf(playout.State));
        line.Add("\""u8);
        if (playout.Position is >= 0 and var position)
        {
            line.Add(",\"positionSeconds\":"u8);
            line.AddSeconds(position);
        }

        line.Add(",\"videoBufferSeconds\":"u8);
        line.AddSeconds(playout.PictureBuffer);
        line.Add(",\"audioBufferSeconds\":"u8);
        line.AddSeconds(playout.SoundBuffer);
        line.Add(",\"targetSeconds\":"u8);
        line.AddSeconds(playout.Target);
        line.Add(",\"receivedBytes\":"u8);
        line.Add(receivedBytes);
        line.Add(",\"stalls\":"u8);
        line.Add(playout.Stalls);
        line.Add(",\"stallMs\":"u8);
        line.Add(playout.StallTime / 1000);
        line.Add(",\"late\":0,\"dropped\":0,\"decodeP95Ms\":2.5}\n"u8);
        return line.Length;
    }

    /// <summary>Writes a ping and gives its length.</summary>
    public static int WritePing(Span<byte> destination, long id)
    {
        var line = new Cursor(destination);
        line.Add("{\"type\":\"ping\",\"id\":"u8);
        line.Add(id);
        line.Add("}"u8);
        // Heard at once, as the real client's.
        destination[line.Length..(ProtocolLimits.HeardAtOnce - 1)].Fill((byte)' ');
        destination[ProtocolLimits.HeardAtOnce - 1] = (byte)'\n';
        return ProtocolLimits.HeardAtOnce;
    }

    private static ReadOnlySpan<byte> WordOf(PlayoutState state) => state switch
    {
        PlayoutState.Buffering => "buffering"u8,
        PlayoutState.Playing => "playing"u8,
        PlayoutState.Stalled => "stalled"u8,
        _ => "paused"u8,
    };

    private ref struct Cursor(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public void Add(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_destination[Length..]);
            Length += text.Length;
        }

        public void Add(long number)
        {
            Utf8Formatter.TryFormat(number, _destination[Length..], out var written);
            Length += written;
        }

        public void AddSeconds(long microseconds)
        {
            Add(microseconds / MicrosecondsPerSecond);
            Add("."u8);
            Utf8Formatter.TryFormat(microseconds % MicrosecondsPerSecond, _destination[Length..], out var written, new('D', 6));
            Length += written;
        }
    }
}
