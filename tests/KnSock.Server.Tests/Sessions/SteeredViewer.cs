using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>A viewer of whose link a test says what is seen.</summary>
internal sealed class SteeredViewer : ISteered
{
    private long _delivered;
    private long _underWay;

    public string Id => "v1";

    public int Lot => 1;

    public LinkEstimator Link { get; } = new();

    public List<RenditionNotice> Notices { get; } = [];

    public List<TakenDecision> Decisions { get; } = [];

    /// <summary>So many bytes more have come through at the next look, and so many were sent and have not.</summary>
    public void Delivers(long bytes, long underWay = 0) => (_delivered, _underWay) = (_delivered + bytes, underWay);

    public void LookAtLink(TimeSpan now) => Link.Add(new LinkSample(_delivered, IsBacklogged: false, _underWay), now);

    public void OnRendition(RenditionNotice notice) => Notices.Add(notice);

    public void OnSoundChosen()
    {
    }

    public void OnSound(SoundNotice notice)
    {
    }

    public void OnProbe()
    {
    }

    public void OnDecision(TakenDecision taken) => Decisions.Add(taken);
}
