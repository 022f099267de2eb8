using System.Buffers;
using System.Buffers.Binary;

namespace KnSock.Protocol.Legacy;

/// <summary>Finds frames of sound in what a kn-sock server sends, and finds back to them after damage, as far as that goes without a checksum.</summary>
/// <remarks>
/// <code>
///  0        4               12        16
///  +--------+---------------+---------+-----------------------------+
///  | "AUD0" | time (double) | length  | s16le stereo, 4,096 bytes   |   big-endian header
///  +--------+---------------+---------+-----------------------------+
/// </code>
/// A frame is given out when its header is plausible and the next frame begins where it says that it ends. So bytes that were lost, added or repeated cost the frames they
/// hit; what was changed within samples cannot be told. After damage, the whole next header has to be plausible too, and its time near the last one, so that a magic within samples
/// fools nobody; a time far from the last one is believed when the two headers behind it agree with it. A frame that comes a second time is left out. One reader serves one connection.
/// </remarks>
public sealed class LegacyAudioReader
{
    /// <summary>Times further apart are no neighbours. A server's own queue may hold seconds between one sending and the next.</summary>
    private const double Near = 60;

    /// <summary>Frames remembered, to know those that come again.</summary>
    private const int Remembered = 64;

    private readonly (long Time, uint Checksum)[] _recent = new (long, uint)[Remembered];
    private long _count;
    private double? _lastTime;
    private bool _searching = true;
    private long _skippedSinceFrame;

    private enum Verdict
    {
        Refused,
        Undecided,
        Whole,
    }

    private static ReadOnlySpan<byte> Magic => "AUD0"u8;

    /// <summary>Bytes passed over because they did not belong to a whole frame.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>How often the reader met damage and had to search.</summary>
    public long Resynchronisations { get; private set; }

    /// <summary>Frames left out because they had come already.</summary>
    public long Repeated { get; private set; }

    /// <summary>Frames without samples since the last one with some.</summary>
    public long EmptyInARow { get; private set; }

    /// <summary>Reads the next frame. False if more bytes are needed; what is left is less than three frames.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind what was consumed.</param>
    /// <param name="frame">The frame, if true.</param>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out LegacyAudioFrame frame)
    {
        while (SeekMagic(ref buffer) && buffer.Length >= LegacyAudioFrame.HeaderSize)
        {
            var header = ReadHeader(buffer, 0);
            switch (Judge(buffer, header))
            {
                case Verdict.Undecided:
                    frame = default;
                    return false;
                case Verdict.Refused:
                    Skip(ref buffer, 1);
                    continue;
            }

            var samples = buffer.Slice(LegacyAudioFrame.HeaderSize, header.Length);
            buffer = buffer.Slice(header.End);
            if (IsNew(header, samples))
            {
                frame = new LegacyAudioFrame(header.Time, samples, _skippedSinceFrame);
                _skippedSinceFrame = 0;
                return true;
            }
        }

        frame = default;
        return false;
    }

    private static Header ReadHeader(in ReadOnlySequence<byte> buffer, long at)
    {
        Span<byte> bytes = stackalloc byte[LegacyAudioFrame.HeaderSize];
        buffer.Slice(at, LegacyAudioFrame.HeaderSize).CopyTo(bytes);
        return new Header(
            bytes.StartsWith(Magic), BinaryPrimitives.ReadDoubleBigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));
    }

    /// <summary>Whether the magic at the start of the buffer is that of a whole frame.</summary>
    private Verdict Judge(in ReadOnlySequence<byte> buffer, Header header)
    {
        if (!header.IsPossible)
        {
            return Verdict.Refused;
        }

        var isNear = _lastTime is { } last && header.IsNear(last);
        if (isNear && !_searching)
        {
            return JudgeNext(buffer, header);
        }

        return JudgeChain(buffer, header, isNear ? 1 : 2);
    }

    /// <summary>In step with the stream it is enough that the next frame begins there; if its magic is what was hit, by the rest of its header.</summary>
    private static Verdict JudgeNext(in ReadOnlySequence<byte> buffer, Header header)
    {
        var rest = buffer.Slice(Math.Min(header.End, buffer.Length));
        if (rest.Length >= Magic.Length && new SequenceReader<byte>(rest).IsNext(Magic))
        {
            return Verdict.Whole;
        }

        if (rest.Length < LegacyAudioFrame.HeaderSize)
        {
            return Verdict.Undecided;
        }

        var next = ReadHeader(rest, 0);
        return next.Length == LegacyAudioFrame.MaxPayload && next.IsPossibleBut(isMagic: false) && next.IsNear(header.Time) ? Verdict.Whole : Verdict.Refused;
    }

    /// <summary>Without a frame to go by, the headers behind it have to be whole and agree with it.</summary>
    private static Verdict JudgeChain(in ReadOnlySequence<byte> buffer, Header header, int length)
    {
        var (at, before) = ((long)header.End, header);
        for (var i = 0; i < length; i++)
        {
            if (buffer.Length < at + LegacyAudioFrame.HeaderSize)
            {
                return Verdict.Undecided;
            }

            var next = ReadHeader(buffer, at);
            if (!next.IsPossible || !next.IsNear(before.Time))
            {
                return Verdict.Refused;
            }

            (at, before) = (at + next.End, next);
        }

        return Verdict.Whole;
    }

    /// <summary>Takes a whole frame in. False if there is nothing in it that was not heard already.</summary>
    private bool IsNew(Header header, in ReadOnlySequence<byte> samples)
    {
        (_searching, _lastTime) = (false, header.Time);
        if (header.Length == 0)
        {
            EmptyInARow++;
            return false;
        }

        EmptyInARow = 0;
        var print = (BitConverter.DoubleToInt64Bits(header.Time), FrameHeader.Checksum(samples));
        if (Array.IndexOf(_recent, print, 0, (int)Math.Min(_count, Remembered)) >= 0)
        {
            Repeated++;
            return false;
        }

        _recent[_count++ % Remembered] = print;
        return true;
    }

    private bool SeekMagic(ref ReadOnlySequence<byte> buffer)
    {
        var found = MagicSearch.TryFind(buffer, Magic, out var before);
        Skip(ref buffer, before);
        return found;
    }

    private void Skip(ref ReadOnlySequence<byte> buffer, long count)
    {
        if (count == 0)
        {
            return;
        }

        if (!_searching)
        {
            _searching = true;
            Resynchronisations++;
        }

        SkippedBytes += count;
        _skippedSinceFrame += count;
        buffer = buffer.Slice(count);
    }

    private readonly record struct Header(bool IsMagic, double Time, uint Length)
    {
        public int End => LegacyAudioFrame.HeaderSize + (int)Length;

        public bool IsPossible => IsPossibleBut(IsMagic);

        public bool IsPossibleBut(bool isMagic) =>
            isMagic == IsMagic && Length <= LegacyAudioFrame.MaxPayload && Length % LegacyAudioFrame.BytesPerSample == 0 && LegacyTime.IsPossible(Time);

        public bool IsNear(double time) => Math.Abs(Time - time) <= Near;
    }
}
