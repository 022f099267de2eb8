using System.Buffers;

namespace KnSock.Protocol.Legacy;

/// <summary>Finds pictures in what a kn-sock server sends, and finds back to them after damage, as far as that goes without magic and checksum.</summary>
/// <remarks>
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

    /// <summary>A header and what a picture begins with.</summary>
    private const int StartSize = LegacyPictureHeader.Size + 3;

    private readonly Resynchronisation _damage = new();
    private double? _lastTime;
    private bool _isInStep = true;
    private long _searched;

    private static ReadOnlySpan<byte> StartOfImage => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    /// <summary>Bytes passed over because they did not belong to a whole picture.</summary>
    public long SkippedBytes => _damage.SkippedBytes;

    /// <summary>How often the reader met damage and had to search.</summary>
    public long Resynchronisations => _damage.Count;

    /// <summary>Reads the next picture. False if more bytes are needed.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind what was consumed. The next call must begin with what was left.</param>
    /// <param name="picture">The picture, if true.</param>
    /// <exception cref="ProtocolException">For 32 MiB there has been no picture.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out LegacyPicture picture)
    {
        picture = default;
        while (buffer.Length >= StartSize)
        {
            if (!_isInStep || !TryReadStart(buffer, out var header))
            {
                if (!TrySeekNext(ref buffer))
                {
                    return false;
                }

                continue;
            }

            var end = LegacyPictureHeader.Size + (long)header.Length;
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

            var jpeg = buffer.Slice(LegacyPictureHeader.Size, header.Length);
            if (IsAt(jpeg, jpeg.Length - EndOfImage.Length, EndOfImage))
            {
                buffer = buffer.Slice(end);
                (_lastTime, _searched) = (header.Time, 0);
                _damage.End();
                picture = new LegacyPicture(header.Time, jpeg);
                return true;
            }

            Skip(ref buffer, 1);
            _isInStep = false;
        }

        return false;
    }

    /// <summary>Whether a picture may begin at the start of these bytes.</summary>
    /// <param name="bytes">At least <see cref="StartSize"/> bytes.</param>
    /// <param name="header">Its header.</param>
    private static bool TryReadStart(in ReadOnlySequence<byte> bytes, out LegacyPictureHeader header)
    {
        Span<byte> start = stackalloc byte[StartSize];
        bytes.Slice(0, StartSize).CopyTo(start);
        header = LegacyPictureHeader.Read(start);
        return header.IsPossible && start[LegacyPictureHeader.Size..].SequenceEqual(StartOfImage);
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

        var reader = new SequenceReader<byte>(bytes.Slice(from + LegacyPictureHeader.Size));
        while (reader.TryReadTo(out ReadOnlySequence<byte> _, StartOfImage, advancePastDelimiter: false))
        {
            at = from + reader.Consumed;
            // Not by the whole of it: a length may end as it begins.
            reader.Advance(1);
            if (TryReadStart(bytes.Slice(at), out var header)
                && ((_lastTime is { } last && Math.Abs(header.Time - last) <= Near) || (at >= EndOfImage.Length && IsAt(bytes, at - EndOfImage.Length, EndOfImage))))
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
        _damage.Skip(ref buffer, count);
        if (_damage.SkippedInARow > MostSkipped)
        {
            throw new ProtocolException(ProtocolErrorCode.Malformed, "what comes on the video port is no pictures");
        }
    }
}
