namespace KnSock.Fuzz.Engine;

/// <summary>A decoder under test: where inputs come from, how it is called, and what it may do.</summary>
public abstract class FuzzTarget
{
    /// <summary>Its name on the command line and that of its folders.</summary>
    public abstract string Name { get; }

    /// <summary>Longest input that is tried, bytes.</summary>
    public virtual int LongestInput => 4096;

    /// <summary>Whether inputs are text, so that numbers and words in them are worth changing as such.</summary>
    public virtual bool IsText => false;

    /// <summary>Whether the input comes as a stream, so that the result must be the same however it is split.</summary>
    public virtual bool IsStream => false;

    /// <summary>Pieces that mean something to the decoder.</summary>
    public virtual IReadOnlyList<byte[]> Words => [];

    /// <summary>Inputs to begin with.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>The most that may be allocated for an input of a length, bytes.</summary>
    public virtual long AllocationLimit(int length) => (64 * 1024) + (64L * length);

    /// <summary>Makes checksums and lengths right again, so that what lies behind them is reached.</summary>
    public virtual byte[] Repair(byte[] input, Random random) => input;

    /// <summary>Whether the decoder may end with an exception, which is the one that it documents.</summary>
    public abstract bool IsExpected(Exception exception);

    /// <summary>Decodes an input and checks what holds of the result.</summary>
    /// <param name="pieces">The input, in one piece or several.</param>
    /// <param name="result">Takes up all that comes out.</param>
    /// <exception cref="FuzzException">Something that must hold of the result does not.</exception>
    public abstract void Decode(IReadOnlyList<ReadOnlyMemory<byte>> pieces, Digest result);
}
