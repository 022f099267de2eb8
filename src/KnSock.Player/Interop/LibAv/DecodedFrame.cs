namespace KnSock.Player.Interop.LibAv;

/// <summary>An AVFrame: a picture or a piece of sound that came out of a decoder.</summary>
internal sealed unsafe class DecodedFrame : NativeStructure
{
    private const int Corrupt = 1;

    public long Pts => Field<long>(LibAvLayout.FramePts);

    public int Width => Field<int>(LibAvLayout.FrameWidth);

    public int Height => Field<int>(LibAvLayout.FrameHeight);

    public int Samples => Field<int>(LibAvLayout.FrameSamples);

    /// <summary>An AVPixelFormat or AVSampleFormat; -1 where the frame is empty.</summary>
    public int Format => Field<int>(LibAvLayout.FrameFormat);

    /// <summary>Planes that lie one after another from the first on.</summary>
    public int PlaneCount
    {
        get
        {
            var count = 0;
            while (count < LibAvLayout.FramePlanes && Plane(count) != 0)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Whether the decoder covered up damage in this frame.</summary>
    public bool IsDamaged(LibAvLayout layout) =>
        (layout.FrameFlags is { } flags && (Field<int>(flags) & Corrupt) != 0)
        || (layout.FrameErrors is { } errors && Field<int>(errors) != 0);

    /// <summary>One row of a plane of bytes; valid until the frame is used again.</summary>
    public ReadOnlySpan<byte> Row(int plane, int row, int width)
    {
        var stride = Field<int>(LibAvLayout.FrameLineSize + (plane * sizeof(int)));
        if (Plane(plane) == 0 || Math.Abs(stride) < width)
        {
            throw new InvalidOperationException($"plane {plane} of the decoded picture is not {width} pixels wide");
        }

        return new ReadOnlySpan<byte>((void*)(Plane(plane) + ((nint)row * stride)), width);
    }

    /// <summary>The samples of a channel, of which each has a plane; valid until the frame is used again.</summary>
    public ReadOnlySpan<float> Channel(int index) => new((void*)Plane(index), Samples);

    protected override bool ReleaseHandle()
    {
        LibAvImports.FreeFrame(ref handle);
        return true;
    }

    private nint Plane(int index) => Field<nint>(LibAvLayout.FrameData + (index * sizeof(nint)));
}
