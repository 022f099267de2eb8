using System.Buffers;

namespace KnSock.Protocol.Legacy;

/// <summary>Finds frames of sound in what a kn-sock server sends, and finds back to them after damage, as far as that goes without a checksum.</summary>
/// <remarks>
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
    private readonly Resynchronisation _damage = new();
    private long _count;
    private double? _lastTime;
    private long _skippedBeforeLast;

    private enum Verdict
    {
        Refused,
        Undecided,
        Whole,
    }

    /// <summary>Bytes passed over because they did not belong to a whole frame.</summary>
    public long SkippedBytes => _damage.SkippedBytes;

    /// <summary>How often the reader met damage and had to search.</summary>
    public long Resynchronisations => _damage.Count;

    /// <summary>Frames left out because they had come already.</summary>
    public long Repeated { get; private set; }

    /// <summary>Frames without samples since the last one with some.</summary>
    public long EmptyInARow { get; private set; }

    /// <summary>Reads the next frame. False if more bytes are needed; what is left is less than three frames.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind what was consumed.</param>
    /// <param name="frame">The frame, if true.</param>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out LegacyAudioFrame frame)
    {
        while (_damage.SeekMagic(ref buffer, LegacyAudioHeader.Magic) && buffer.Length >= LegacyAudioHeader.Size)
        {
            var header = ReadHeader(buffer, 0);
            switch (Judge(buffer, header))
            {
                case Verdict.Undecided:
                    frame = default;
                    return false;
                case Verdict.Refused:
                    _damage.Skip(ref buffer, 1);
                    continue;
            }

            var samples = buffer.Slice(LegacyAudioHeader.Size, header.Length);
            buffer = buffer.Slice(EndOf(header));
            if (IsNew(header, samples))
            {
                frame = new LegacyAudioFrame(header.Time, samples, SkippedBytes - _skippedBeforeLast);
                _skippedBeforeLast = SkippedBytes;
                return true;
            }
        }

        frame = default;
        return false;
    }

    private static LegacyAudioHeader ReadHeader(in ReadOnlySequence<byte> buffer, long at)
    {
        Span<byte> bytes = stackalloc byte[LegacyAudioHeader.Size];
        buffer.Slice(at, LegacyAudioHeader.Size).CopyTo(bytes);
        return LegacyAudioHeader.Read(bytes);
    }

    private static long EndOf(LegacyAudioHeader header) => LegacyAudioHeader.Size + header.Length;

    private static bool IsNear(LegacyAudioHeader header, double time) => Math.Abs(header.Time - time) <= Near;

    /// <summary>Whether the magic at the start of the buffer is that of a whole frame.</summary>
    private Verdict Judge(in ReadOnlySequence<byte> buffer, LegacyAudioHeader header)
    {
        if (!header.IsPossible)
        {
            return Verdict.Refused;
        }

        var isNear = _lastTime is { } last && IsNear(header, last);
        if (isNear && !_damage.IsSearching)
        {
            return JudgeNext(buffer, header);
        }

        return JudgeChain(buffer, header, isNear ? 1 : 2);
    }

    /// <summary>In step with the stream it is enough that the next frame begins there; if its magic is what was hit, by the rest of its header.</summary>
    private static Verdict JudgeNext(in ReadOnlySequence<byte> buffer, LegacyAudioHeader header)
    {
        var rest = buffer.Slice(Math.Min(EndOf(header), buffer.Length));
        if (new SequenceReader<byte>(rest).IsNext(LegacyAudioHeader.Magic))
        {
            return Verdict.Whole;
        }

        if (rest.Length < LegacyAudioHeader.Size)
        {
            return Verdict.Undecided;
        }

        var next = ReadHeader(rest, 0);
        return next.Length == LegacyAudioFrame.MaxLength && next.IsPossibleButForMagic && IsNear(next, header.Time) ? Verdict.Whole : Verdict.Refused;
    }

    /// <summary>Without a frame to go by, the headers behind it have to be whole and agree with it.</summary>
    private static Verdict JudgeChain(in ReadOnlySequence<byte> buffer, LegacyAudioHeader header, int length)
    {
        var (at, before) = (EndOf(header), header);
        for (var i = 0; i < length; i++)
        {
            if (buffer.Length < at + LegacyAudioHeader.Size)
            {
                return Verdict.Undecided;
            }

            var next = ReadHeader(buffer, at);
            if (!next.IsPossible || !IsNear(next, before.Time))
            {
                return Verdict.Refused;
            }

            (at, before) = (at + EndOf(next), next);
        }

        return Verdict.Whole;
    }

    /// <summary>Takes a whole frame in. False if there is nothing in it that was not heard already.</summary>
    private bool IsNew(LegacyAudioHeader header, in ReadOnlySequence<byte> samples)
    {
        _damage.End();
        _lastTime = header.Time;
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
}
