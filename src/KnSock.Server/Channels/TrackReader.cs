namespace KnSock.Server.Channels;

/// <summary>A place in a track that somebody reads at; what lies from here on is kept and encoded.</summary>
internal sealed class TrackReader(RenditionTrack track, int gop) : IDisposable
{
    private volatile int _gop = gop;

    /// <summary>The GOP that is read now or next.</summary>
    public int Gop => _gop;

    public void MoveTo(int gop)
    {
        _gop = gop;
        track.OnMoved(gop);
    }

    public void Dispose() => track.Close(this);
}
