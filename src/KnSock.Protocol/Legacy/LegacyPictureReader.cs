using System.Buffers;
using System.Buffers.Binary;

namespace KnSock.Protocol.Legacy;

/// <summary>Finds pictures in what a kn-sock server sends, and finds back to them after damage, as far as that goes without magic and checksum.</summary>
/// <remarks>
/// <code>
///  0               8        12
///  +---------------+--------+--------------------------+
///  | time (double) | length | JPEG: FF D8 FF ... FF D9 |   big-endian header
///  +---------------+--------+--------------------------+
/// </code>
/// A picture is given out when it begins and ends as a JPEG file does (ITU-T T.81, B.1.1.3) just where its header says. While one is waited for, what comes is
/// searched for the beginning of the next: if that stands where this one should go on, this one is damaged, and however long it was said to be, nobody waits for it.
/// What was changed within a picture is for its decoder to find. One reader serves one connection.
/// </remarks>
public sealed class LegacyPictureReader
{
    /// <summary>Times further apart are no neighbours.</summary>
    private const double Near = 60;

    /// <summary>Without a picture in so many bytes it is no damage.</summary>
    private const long MostSkipped = 4L * LegacyPicture.MaxLength;

    /// <summary>Less than any JPEG file has; what is shorter is damage.</summary>
    private const int LeastLength = 32;

    /// <summary>A header and what a picture begins with.</summary>
    private const int StartSize = LegacyPicture.HeaderSize + 3;

    private double? _lastTime;
    private bool _isInStep = true;
    private bool _isSearching;
    private long _searched;
    private long _skippedInARow;

    private static ReadOnlySpan<byte> StartOfImage => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    /// <summary>Bytes passed over because they did not belong to a whole picture.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>How often the reader met damage and had to search.</summary>
    public long Resynchronisations { get; private set; }

    /// <summary>Reads the next picture. False if more bytes are needed.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind what was consumed. The next call must begin with what was left.</param>
    /// <param name="picture">The picture, if true.</param>
    /// <exception cref="ProtocolException">For 32 MiB there has been no picture.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out LegacyPicture picture)
    {
        picture = default;
        while (buffer.Length >= StartSize)
        {
            if (!_isInStep || !TryReadStart(buffer, out var time, out var length))
            {
                if (!TrySeekNext(ref buffer))
                {
                    return false;
                }

                continue;
            }

            var end = LegacyPicture.HeaderSize + (long)length;
            if (TryFindNext(buffer.Slice(0, Math.Min(end, buffer.Length)), Math.Max(1, _searched), out var next))
            {
                Skip(ref buffer, next);
                continue;
            }

            if (buffer.Length < end)
            {
                _searched = Math.Max(1, buffer.Length - StartSize + 1);
                return false;
            }

            var jpeg = buffer.Slice(LegacyPicture.HeaderSize, length);
            if (IsAt(jpeg, length - EndOfImage.Length, EndOfImage))
            {
                buffer = buffer.Slice(end);
                (_lastTime, _isSearching, _searched, _skippedInARow) = (time, false, 0, 0);
                picture = new LegacyPicture(time, jpeg);
                return true;
            }

            Skip(ref buffer, 1);
            _isInStep = false;
        }

        return false;
    }

    /// <summary>Whether a picture may begin at the start of these bytes.</summary>
    /// <param name="bytes">At least <see cref="StartSize"/> bytes.</param>
    /// <param name="time">Its time.</param>
    /// <param name="length">Its length.</param>
    private static bool TryReadStart(in ReadOnlySequence<byte> bytes, out double time, out int length)
    {
        Span<byte> start = stackalloc byte[StartSize];
        bytes.Slice(0, StartSize).CopyTo(start);
        time = BinaryPrimitives.ReadDoubleBigEndian(start);
        length = BinaryPrimitives.ReadInt32BigEndian(start[8..]);
        return start[LegacyPicture.HeaderSize..].SequenceEqual(StartOfImage)
            && length is >= LeastLength and <= LegacyPicture.MaxLength && LegacyTime.IsPossible(time);
    }

    /// <summary>Passes over damage: to where the next picture begins, or to the last bytes in which one may.</summary>
    private bool TrySeekNext(ref ReadOnlySequence<byte> buffer)
    {
        _isInStep = TryFindNext(buffer, from: 0, out var next);
        Skip(ref buffer, _isInStep ? next : Math.Max(0, buffer.Length - StartSize - EndOfImage.Length + 1));
        return _isInStep;
    }

    /// <summary>
    /// Finds where the next picture begins. Its time is near the last one; or, where there is none yet or the server's clock was set, it stands behind
    /// the end of a picture.
    /// </summary>
    private bool TryFindNext(in ReadOnlySequence<byte> bytes, long from, out long at)
    {
        at = 0;
        if (bytes.Length < from + StartSize)
        {
            return false;
        }

        var reader = new SequenceReader<byte>(bytes.Slice(from + LegacyPicture.HeaderSize));
        while (reader.TryReadTo(out ReadOnlySequence<byte> _, StartOfImage))
        {
            at = from + reader.Consumed - StartOfImage.Length;
            if (TryReadStart(bytes.Slice(at), out var time, out _)
                && ((_lastTime is { } last && Math.Abs(time - last) <= Near) || (at >= EndOfImage.Length && IsAt(bytes, at - EndOfImage.Length, EndOfImage))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAt(in ReadOnlySequence<byte> bytes, long at, ReadOnlySpan<byte> expected) =>
        new SequenceReader<byte>(bytes.Slice(at)).IsNext(expected);

    private void Skip(ref ReadOnlySequence<byte> buffer, long count)
    {
        _searched = 0;
        if (count == 0)
        {
            return;
        }

        if (!_isSearching)
        {
            _isSearching = true;
            Resynchronisations++;
        }

        SkippedBytes += count;
        _skippedInARow += count;
        buffer = buffer.Slice(count);
        if (_skippedInARow > MostSkipped)
        {
            throw new ProtocolException(ProtocolErrorCode.Malformed, "what comes on the video port is no pictures");
        }
    }
}
