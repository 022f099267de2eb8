using KnSock.Fanout.Framing;
using KnSock.Fanout.Interop;

namespace KnSock.Fanout.Load;

/// <summary>One of a viewer's connections.</summary>
/// <param name="socket">Its socket.</param>
/// <param name="key">By what its events are known.</param>
/// <param name="verifier">What reads its frames.</param>
internal sealed class ViewerConnection(NativeSocket socket, long key, FrameVerifier verifier)
{
    /// <summary>Its socket.</summary>
    public NativeSocket Socket => socket;

    /// <summary>By what its events are known.</summary>
    public long Key => key;

    /// <summary>What reads its frames.</summary>
    public FrameVerifier Verifier { get; set; } = verifier;

    /// <summary>What is sent when it is made. Null: nothing.</summary>
    public byte[]? FirstLine { get; set; }

    /// <summary>Whether it is made.</summary>
    public bool IsConnected { get; set; }
}

/// <summary>Which of a viewer's connections.</summary>
internal enum ConnectionKind
{
    /// <summary>The one that carries the picture, and the sound where that is shared.</summary>
    Video,

    /// <summary>The one that carries the sound.</summary>
    Audio,

    /// <summary>The one with messages.</summary>
    Control,
}
