namespace KnSock.Simulation.Links;

/// <summary>A piece of a TCP stream, from its first sending to its acknowledgement.</summary>
/// <param name="start">Where in the stream it begins.</param>
/// <param name="length">Its bytes.</param>
internal sealed class Segment(long start, int length)
{
    public long Start => start;

    public int Length => length;

    /// <summary>Number of its last transmission among all of the stream.</summary>
    public long Transmission { get; set; }

    public SegmentState State { get; set; }

    /// <summary>It was sent, so the other side waits for it.</summary>
    public bool IsExpected { get; set; }

    /// <summary>It has come to the other side, in whichever transmission.</summary>
    public bool HasArrived { get; set; }
}

/// <summary>What the sender holds of a segment.</summary>
internal enum SegmentState
{
    /// <summary>It is under way.</summary>
    InFlight,

    /// <summary>It is taken for lost and is to be sent again.</summary>
    Lost,

    /// <summary>The other side has it.</summary>
    Acknowledged,
}
