namespace KnSock.Server.Loops;

/// <summary>Something that lives on a <see cref="SenderLoop"/>: all its members are called by the loop's thread and must not wait for anything.</summary>
internal abstract class LoopMember
{
    /// <summary>Never due; only a socket or another thread brings it on.</summary>
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    /// <summary>Neighbours in the slot of the <see cref="TimingWheel"/> that owns them.</summary>
    internal LoopMember? Next { get; set; }

    internal LoopMember? Previous { get; set; }

    /// <summary>The slot.</summary>
    internal int Slot { get; set; }

    /// <summary>It is one of a loop's.</summary>
    internal bool IsMember { get; set; }

    /// <summary>The wheel that it is in. Null: none.</summary>
    internal TimingWheel? Wheel { get; set; }

    /// <summary>When it is due; the slot comes round at that time or earlier.</summary>
    internal TimeSpan Due { get; set; }

    /// <summary>It does not matter whether it is called when it is due or somewhat later: those to whom it matters go first.</summary>
    public bool IsPatient { get; protected set; }

    /// <summary>Does what is due.</summary>
    /// <returns>When it wants to be called again at the latest, on the server's clock; <see cref="Never"/> for not.</returns>
    public abstract TimeSpan Run(TimeSpan now);

    /// <summary>A socket of it is ready. True to be run at once.</summary>
    /// <param name="tag">The number that the socket was watched under.</param>
    /// <param name="ready">What it is ready for.</param>
    /// <param name="now">The server's clock.</param>
    public abstract bool OnReady(int tag, Interest ready, TimeSpan now);

    /// <summary>Calling it has failed, or the loop ends: it lets go of all that it holds.</summary>
    /// <param name="fault">What went wrong. Null: the loop ends.</param>
    public abstract void End(Exception? fault);
}
