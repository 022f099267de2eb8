using System.Globalization;

namespace KnSock.Server.Sources;

/// <summary>
/// Reads what ffmpeg's framecrc says of a picture that is mapped three times: whole, IDR slices alone, parameter sets alone. The lines of one
/// packet follow each other, so a packet is known when the next one begins.
/// </summary>
internal sealed class PacketLines
{
    private const int Keyframe = 1;

    private double _timeBase;
    private long _pts;
    private SourcePacket? _held;
    private string? _parameterSets;

    /// <summary>Why the packets cannot be passed through. Null: they can, as far as was read.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The packet before the one that the line begins, if it begins one.</summary>
    public SourcePacket? Read(string line)
    {
        if (line.StartsWith('#'))
        {
            ReadTimeBase(line);
            return null;
        }

        // stream, dts, pts, duration, size, checksum, and where they are not plain: flags, side data
        var fields = line.Split(',', StringSplitOptions.TrimEntries);
        if (fields.Length < 6 || !long.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pts)
            || !int.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            Refusal = "packets have no times";
            return null;
        }

        if (fields[0] == "0")
        {
            return Begin(pts, size, fields);
        }

        AddTo(pts, fields[0], $"{size} {fields[5]}");
        return null;
    }

    /// <summary>The last packet, if there was any.</summary>
    public SourcePacket? End() => _held;

    private SourcePacket? Begin(long pts, int size, string[] fields)
    {
        var flags = Keyframe;
        foreach (var field in fields.AsSpan(6))
        {
            if (field.StartsWith("F=0x", StringComparison.Ordinal))
            {
                _ = int.TryParse(field.AsSpan(4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out flags);
            }
            else if (_held is not null && field.StartsWith("S=", StringComparison.Ordinal))
            {
                // Data beside a picture is, in MP4, another sample description.
                Refusal = "the decoder's set-up changes within the film";
            }
        }

        if ((flags & ~Keyframe) != 0)
        {
            Refusal = "packets are damaged or cut out by an edit list";
        }

        var before = _held;
        (_pts, _held) = (pts, new SourcePacket(pts * _timeBase, size, (flags & Keyframe) != 0, IsIdr: false));
        return before;
    }

    private void AddTo(long pts, string stream, string content)
    {
        if (_held is not { } held || pts != _pts)
        {
            Refusal = "its packets could not be told apart";
        }
        else if (stream == "1")
        {
            _held = held with { IsIdr = true };
        }
        else if ((_parameterSets ??= content) != content)
        {
            Refusal = "the decoder's set-up changes within the film";
        }
    }

    private void ReadTimeBase(string line)
    {
        if (line.StartsWith("#tb 0:", StringComparison.Ordinal) && line["#tb 0:".Length..].Split('/') is [var n, var d]
            && int.TryParse(n, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var numerator)
            && int.TryParse(d, NumberStyles.None, CultureInfo.InvariantCulture, out var denominator) && denominator > 0)
        {
            _timeBase = (double)numerator / denominator;
        }
    }
}
