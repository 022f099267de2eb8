namespace KnSock.Server.Channels;

/// <summary>The rungs of a picture, and which of them nobody is sent at present. From any thread.</summary>
/// <param name="tracks">The rungs, lowest first.</param>
internal sealed class RungOffer(IReadOnlyList<RenditionTrack> tracks)
{
    private readonly Lock _lock = new();
    private volatile string?[]? _withdrawn;

    /// <summary>The rungs, lowest first.</summary>
    public IReadOnlyList<RenditionTrack> Tracks => tracks;

    /// <summary>For each rung why it is not sent to anybody at present, in words, or null if it is. Null: all are. The lowest always is.</summary>
    public IReadOnlyList<string?>? Withdrawn => _withdrawn;

    /// <summary>Takes a rung from what is offered, and says why, or offers it again if there is no reason.</summary>
    public void Withdraw(int rung, string? reason)
    {
        lock (_lock)
        {
            string?[] withdrawn = [.. Enumerable.Range(0, tracks.Count).Select(i => i == rung ? reason : _withdrawn?[i])];
            _withdrawn = withdrawn.All(w => w is null) ? null : withdrawn;
        }
    }
}
