using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Store;

namespace KnSock.Server.Channels;

/// <summary>
/// The access units of one GOP's time in one rendition, framed once for all viewers, one behind the other in one piece of memory. One encoder
/// appends; any number of readers read what is there without a lock.
/// </summary>
internal sealed class Gop
{
    private readonly AccessUnit[] _units;
    private readonly int[] _ends;
    private volatile byte[] _bytes;
    private volatile int _count;
    private volatile bool _isAbandoned;

    public Gop(int index, int expectedUnits, DecoderConfiguration configuration, ReadOnlyMemory<byte> configurationFrame, string? preset = null, int expectedBytes = 0)
    {
        (Index, Preset) = (index, preset);
        Configuration = configuration;
        ConfigurationFrame = configurationFrame;
        (_units, _ends, _bytes) = (new AccessUnit[expectedUnits], new int[expectedUnits], new byte[expectedBytes]);
    }

    /// <summary>Place in the turn.</summary>
    public int Index { get; }

    /// <summary>The encoder's preset that made it. Null: it is not known, or there is none.</summary>
    public string? Preset { get; }

    public DecoderConfiguration Configuration { get; }

    /// <summary>The configuration as a frame.</summary>
    public ReadOnlyMemory<byte> ConfigurationFrame { get; }

    /// <summary>Units that are there.</summary>
    public int Count => _count;

    /// <summary>All units are there.</summary>
    public bool IsComplete => _count == _units.Length;

    /// <summary>The encoder ended in the middle; no more units will come to this object.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Its place among all GOPs in memory, least recently read first; owned by <see cref="MediaMemory"/>.</summary>
    public LinkedListNode<(RenditionTrack Track, Gop Gop)>? Node { get; set; }

    /// <summary>A unit that is there; its payload is a part of the memory that all frames lie in.</summary>
    public AccessUnit this[int unit] => unit < _count ? _units[unit] : throw new ArgumentOutOfRangeException(nameof(unit));

    /// <summary>The frames of units that are there, from <paramref name="first"/> up to <paramref name="end"/> without it, as they go over the wire.</summary>
    public ReadOnlyMemory<byte> Frames(int first, int end) => end <= _count ? _bytes.AsMemory(Start(first), Start(end) - Start(first)) : throw new ArgumentOutOfRangeException(nameof(end));

    /// <summary>Where a unit's frame begins, in bytes from the first.</summary>
    public int Start(int unit) => unit == 0 ? 0 : _ends[unit - 1];

    /// <summary>Adds the next unit. Called by the encoder's task only.</summary>
    public void Append(AccessUnit unit, int rendition)
    {
        var (count, start) = (_count, (int)Bytes);
        var end = start + FrameHeader.Size + unit.Payload.Length;
        if (end > _bytes.Length)
        {
            // Who reads the old piece meanwhile finds the same in it.
            Move(Math.Max(end, _bytes.Length * 2), start);
        }

        FrameWriter.AccessUnit(_bytes.AsSpan(start), unit, rendition);
        (_units[count], _ends[count], Bytes) = (unit, end, end);
        if (count + 1 == _units.Length)
        {
            Move(end, end);
            for (var i = 0; i <= count; i++)
            {
                var payload = Start(i) + FrameHeader.Size;
                _units[i] = _units[i] with { Payload = _bytes.AsMemory(payload, _ends[i] - payload) };
            }
        }

        _count = count + 1;
    }

    public void Abandon() => _isAbandoned = true;

    /// <summary>A complete GOP as the store keeps it.</summary>
    public StoredGop ToStored() => new(Configuration, [.. _units]);

    private void Move(int size, int used)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(size);
        _bytes.AsSpan(0, used).CopyTo(bytes);
        _bytes = bytes;
    }
}
