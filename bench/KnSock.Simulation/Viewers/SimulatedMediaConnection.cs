using KnSock.Server.Adaptation;
using KnSock.Server.Loops;
using KnSock.Server.Sessions;
using KnSock.Simulation.Links;

namespace KnSock.Simulation.Viewers;

/// <summary>The server's end of a connection for media over a simulated link.</summary>
internal sealed class SimulatedMediaConnection(LinkFlow flow, VirtualTime time) : IMediaConnection
{
    /// <summary>Is told of what is sent: when, and how many bytes. Null: nobody is.</summary>
    public Action<TimeSpan, int>? Sent { get; set; }

    /// <summary>What is on its way.</summary>
    public FrameStream Stream { get; } = new();

    /// <inheritdoc/>
    public TimeSpan? WaitingSince { get; private set; }

    /// <inheritdoc/>
    public int Write(Segments segments)
    {
        var taken = flow.Sender.Write(segments.Length, time.Now);
        var left = taken;
        for (var i = 0; i < segments.Count && left > 0; i++)
        {
            var part = segments[i].Span[..Math.Min(left, segments[i].Length)];
            Stream.Write(part, time.Now);
            left -= part.Length;
        }

        return Note(taken, segments.Length);
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var taken = flow.Sender.Write(bytes.Length, time.Now);
        Stream.Write(bytes[..taken], time.Now);
        return Note(taken, bytes.Length);
    }

    /// <inheritdoc/>
    public LinkSample Sample(TimeSpan now) => flow.Sample(WaitingSince is not null, now);

    /// <inheritdoc/>
    public void AllowMore(bool more) => flow.AllowMore(more);

    /// <summary>There is room again: nothing waits for it until the next write finds too little.</summary>
    public void NoteRoom() => WaitingSince = null;

    private int Note(int taken, int wanted)
    {
        Sent?.Invoke(time.Now, taken);
        if (taken == wanted)
        {
            WaitingSince = null;
        }
        else if (taken > 0 || WaitingSince is null)
        {
            WaitingSince = time.Now;
        }

        return taken;
    }
}
