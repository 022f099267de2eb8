using System.Buffers;

namespace KnSock.Media.Mp4;

/// <summary>Reads the samples of a fragmented MP4, tracks of H.264, AAC, JPEG pictures or 16-bit samples, while it is being written (ISO 14496-12, 8.8).</summary>
/// <remarks>
/// Made for what ffmpeg writes to a pipe with <c>-movflags frag_every_frame+empty_moov+default_base_moof</c>, and any stream of
/// <c>moov</c> and then <c>moof</c>/<c>mdat</c> pairs. JPEG (<c>jpeg</c>) and samples (<c>sowt</c>) come as <c>-f mov</c> writes them. Other boxes are passed over without being held. Edit lists are not looked at.
/// A sample is given out as soon as its bytes are there. After an exception the reader is of no further use.
/// </remarks>
public sealed class Fmp4Reader
{
    /// <summary>Largest <c>moov</c> or <c>moof</c>, bytes.</summary>
    public const int MaxMetadata = 1024 * 1024;

    /// <summary>Largest <c>mdat</c>, and with it the largest sample, bytes.</summary>
    public const int MaxMediaData = 64 * 1024 * 1024;

    private FragmentParser? _parser;
    private IReadOnlyList<FragmentSample> _samples = [];
    private int _nextSample;
    private long _fragmentStart;
    private long _dataEnd;
    private long _position;
    private ulong _toSkip;

    /// <summary>The tracks in order; none until the <c>moov</c> has been read.</summary>
    public IReadOnlyList<Fmp4Track> Tracks { get; private set; } = [];

    /// <summary>Set-up of the decoder of the first track; null until the <c>moov</c> has been read.</summary>
    public DecoderConfiguration? Configuration => Tracks is [var first, ..] ? first.Configuration : null;

    /// <summary>Units a second in which the times of the first track's samples are given; 0 until the <c>moov</c> has been read.</summary>
    public uint Timescale => Tracks is [var first, ..] ? first.Timescale : 0;

    /// <summary>Whether no box that was begun awaits more bytes. An input that ends when this is false, or with bytes left over, was cut off.</summary>
    public bool IsAtBoundary => _toSkip == 0 && _nextSample == _samples.Count;

    /// <summary>Reads the next sample. False if more bytes are needed.</summary>
    /// <param name="buffer">Received bytes; on return it begins behind what was consumed.</param>
    /// <param name="sample">The sample, if true.</param>
    /// <exception cref="MediaFormatException">The bytes are not such a stream, or a box is over its limit.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out Fmp4Sample sample)
    {
        sample = default;
        while (Skip(ref buffer))
        {
            if (_nextSample < _samples.Count && _dataEnd > 0)
            {
                return TryReadSample(ref buffer, out sample);
            }

            if (!TryReadBox(ref buffer))
            {
                return false;
            }
        }

        return false;
    }

    private bool TryReadSample(ref ReadOnlySequence<byte> buffer, out Fmp4Sample sample)
    {
        sample = default;
        var next = _samples[_nextSample];
        var gap = _fragmentStart + next.Offset - _position;
        if (buffer.Length < gap + next.Size)
        {
            return false;
        }

        sample = new Fmp4Sample(next.Dts, next.Pts, next.Duration, next.IsKeyframe, buffer.Slice(gap, next.Size), next.Track);
        Advance(ref buffer, gap + next.Size);
        if (++_nextSample == _samples.Count)
        {
            _toSkip = (ulong)(_dataEnd - _position);
        }

        return true;
    }

    /// <summary>Deals with the next box as far as its samples. False if more bytes are needed.</summary>
    private bool TryReadBox(ref ReadOnlySequence<byte> buffer)
    {
        if (!TryReadHeader(buffer, out var type, out var headerSize, out var bodySize))
        {
            return false;
        }

        switch (type)
        {
            case BoxType.Moov or BoxType.Moof:
                return TryReadMetadata(ref buffer, type, headerSize, bodySize);
            case BoxType.Mdat:
                Advance(ref buffer, headerSize);
                BeginMediaData(bodySize);
                return true;
            default:
                Advance(ref buffer, headerSize);
                _toSkip = bodySize;
                return true;
        }
    }

    private bool TryReadMetadata(ref ReadOnlySequence<byte> buffer, uint type, int headerSize, ulong bodySize)
    {
        if (bodySize > MaxMetadata)
        {
            throw new MediaFormatException($"a moov or moof is larger than {MaxMetadata} bytes");
        }

        if (buffer.Length < headerSize + (long)bodySize)
        {
            return false;
        }

        var body = buffer.Slice(headerSize, (long)bodySize);
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        if (type == BoxType.Moov)
        {
            var tracks = _parser is null ? Track.ReadAll(bytes) : throw new MediaFormatException("the file has two moov boxes");
            _parser = new FragmentParser(tracks);
            Tracks = [.. tracks.Select(t => new Fmp4Track(t.Configuration, t.Timescale))];
        }
        else
        {
            BeginFragment(bytes);
        }

        Advance(ref buffer, headerSize + (long)bodySize);
        return true;
    }

    private void BeginFragment(ReadOnlySpan<byte> moof)
    {
        if (_parser is null || _nextSample < _samples.Count)
        {
            throw new MediaFormatException("a moof comes before the moov, or before the mdat of the one before it");
        }

        _samples = _parser.Read(moof, _position);
        _fragmentStart = _position;
        _nextSample = 0;
        _dataEnd = 0;
    }

    /// <summary>Checks that the fragment's samples lie in the <c>mdat</c> that begins here, one behind the other.</summary>
    private void BeginMediaData(ulong bodySize)
    {
        if (bodySize > MaxMediaData)
        {
            throw new MediaFormatException($"an mdat is larger than {MaxMediaData} bytes");
        }

        _dataEnd = _position + (long)bodySize;
        if (_nextSample == _samples.Count)
        {
            _toSkip = bodySize;
            return;
        }

        var end = _position - _fragmentStart;
        foreach (var sample in _samples)
        {
            if (sample.Offset < end)
            {
                throw new MediaFormatException("a sample begins before the mdat or in the sample before it");
            }

            end = sample.Offset + sample.Size;
        }

        if (end > _dataEnd - _fragmentStart)
        {
            throw new MediaFormatException("a sample reaches beyond the mdat");
        }
    }

    private static bool TryReadHeader(in ReadOnlySequence<byte> buffer, out uint type, out int headerSize, out ulong bodySize)
    {
        type = 0;
        headerSize = 8;
        bodySize = 0;
        if (buffer.Length < headerSize)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        var available = (int)Math.Min(buffer.Length, bytes.Length);
        buffer.Slice(0, available).CopyTo(bytes);
        var reader = new ByteReader(bytes[..available]);
        ulong size = reader.ReadUInt32();
        type = reader.ReadUInt32();
        if (size == 1)
        {
            headerSize = 16;
            if (available < headerSize)
            {
                return false;
            }

            size = reader.ReadUInt64();
        }

        if (size < (ulong)headerSize)
        {
            throw new MediaFormatException("a box is smaller than its header, or has no end");
        }

        bodySize = size - (ulong)headerSize;
        return true;
    }

    /// <summary>Passes over what is left of a box. False if more bytes are needed.</summary>
    private bool Skip(ref ReadOnlySequence<byte> buffer)
    {
        var count = Math.Min(_toSkip, (ulong)buffer.Length);
        Advance(ref buffer, (long)count);
        _toSkip -= count;
        return _toSkip == 0;
    }

    private void Advance(ref ReadOnlySequence<byte> buffer, long count)
    {
        buffer = buffer.Slice(count);
        _position += count;
    }
}
