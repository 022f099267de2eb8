using KnSock.Media;
using KnSock.Protocol;
using KnSock.Server.Store;

namespace KnSock.Server.Channels;

/// <summary>
/// The access units of one GOP's time in one rendition, framed once for all viewers. One encoder appends; any number of readers read
/// what is there without a lock.
/// </summary>
internal sealed class Gop
{
    private readonly FramedUnit[] _units;
    private volatile int _count;
    private volatile bool _isAbandoned;

    public Gop(int index, int expectedUnits, DecoderConfiguration configuration, ReadOnlyMemory<byte> configurationFrame, string? preset = null)
    {
        (Index, Preset) = (index, preset);
        Configuration = configuration;
        ConfigurationFrame = configurationFrame;
        _units = new FramedUnit[expectedUnits];
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

    public FramedUnit this[int unit] => unit < _count ? _units[unit] : throw new ArgumentOutOfRangeException(nameof(unit));

    /// <summary>Adds the next unit. Called by the encoder's task only.</summary>
    public void Append(AccessUnit unit, int rendition)
    {
        var frame = FrameWriter.AccessUnit(unit, rendition);
        _units[_count] = new FramedUnit(unit with { Payload = frame.AsMemory(FrameHeader.Size) }, frame);
        Bytes += frame.Length;
        _count++;
    }

    public void Abandon() => _isAbandoned = true;

    /// <summary>A complete GOP as the store keeps it.</summary>
    public StoredGop ToStored() => new(Configuration, [.. _units.Select(u => u.Unit)]);
}

/// <summary>An access unit and the frame that carries it; the unit's payload is a part of the frame.</summary>
internal readonly record struct FramedUnit(AccessUnit Unit, ReadOnlyMemory<byte> Frame);
