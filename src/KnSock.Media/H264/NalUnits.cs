namespace KnSock.Media.H264;

/// <summary>The NAL units of an AVCC sample, each behind its length (ISO 14496-15, 5.3.2).</summary>
/// <remarks>Units are slices of the sample, with their header byte, valid as long as it is.</remarks>
/// <param name="sample">The sample.</param>
/// <param name="lengthSize">Bytes of each length: 1, 2 or 4 (see <see cref="AvcConfiguration.LengthSize"/>).</param>
public readonly ref struct NalUnits(ReadOnlySpan<byte> sample, int lengthSize)
{
    private readonly ReadOnlySpan<byte> _sample = sample;

    /// <summary>Whether the sample is made of one or more whole NAL units and nothing else.</summary>
    public static bool IsValid(ReadOnlySpan<byte> sample, int lengthSize)
    {
        var units = new NalUnits(sample, lengthSize).GetEnumerator();
        var count = 0;
        while (units.TryMoveNext(out var whole))
        {
            if (!whole || (units.Current[0] & 0x80) != 0)
            {
                return false;
            }

            count++;
        }

        return count > 0;
    }

    /// <summary>What a unit holds.</summary>
    /// <param name="unit">The unit with its header byte; not empty.</param>
    public static NalUnitType TypeOf(ReadOnlySpan<byte> unit) => (NalUnitType)(unit[0] & 0x1F);

    /// <summary>Goes through the units.</summary>
    public Enumerator GetEnumerator() => new(_sample, lengthSize);

    /// <summary>Goes through the units of a sample.</summary>
    public ref struct Enumerator
    {
        private readonly int _lengthSize;
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> sample, int lengthSize)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(lengthSize is 1 or 2 or 4, true, nameof(lengthSize));
            _rest = sample;
            _lengthSize = lengthSize;
        }

        /// <summary>The unit with its header byte; never empty.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Moves to the next unit. False at the end.</summary>
        /// <exception cref="MediaFormatException">A unit is empty or reaches beyond the end of the sample.</exception>
        public bool MoveNext() =>
            TryMoveNext(out var whole) && (whole ? true : throw new MediaFormatException("a NAL unit does not fit its sample"));

        /// <summary>Moves to the next unit. False at the end; <paramref name="whole"/> is false where a unit is empty or does not fit.</summary>
        internal bool TryMoveNext(out bool whole)
        {
            whole = false;
            if (_rest.IsEmpty)
            {
                return false;
            }

            var length = 0u;
            for (var i = 0; i < _lengthSize && i < _rest.Length; i++)
            {
                length = (length << 8) | _rest[i];
            }

            whole = length > 0 && _rest.Length >= _lengthSize && length <= _rest.Length - _lengthSize;
            Current = whole ? _rest.Slice(_lengthSize, (int)length) : default;
            _rest = whole ? _rest[(_lengthSize + (int)length)..] : default;
            return true;
        }
    }
}
