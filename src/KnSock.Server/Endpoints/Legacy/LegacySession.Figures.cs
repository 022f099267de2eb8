using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <content>How it stands and why, for those who look after the server.</content>
internal sealed partial class LegacySession
{
    private const string ClientName = "kn-sock";

    private readonly DecisionRing _decisions = new();
    private int _switches;

    /// <inheritdoc/>
    public SessionFigures? Figures()
    {
        if (_joinedAt is not { } joined || _ended.Task.IsCompleted)
        {
            return null;
        }

        var rung = _media.Pictures[_feeds.Picture.Rung].Rendition;
        return new SessionFigures
        {
            Id = Id,
            Address = _peer,
            Client = ClientName,
            Transport = "tcp",
            JoinedSeconds = (_context.Clock.Elapsed - joined).TotalSeconds,
            Switches = _switches,
            Channel = _channel.Name,
            Rendition = rung.Name,
            BitsPerSecond = rung.BitsPerSecond + (!_feeds.HasSound ? 0 : _media.Sound.Rendition.BitsPerSecond),
            LinkBitsPerSecond = _steering.LinkBitsPerSecond,
            State = _begunAt is null ? "buffering" : "playing",
            BufferSeconds = _steering.BufferSeconds,
            Dropped = (int)Math.Min(int.MaxValue, _feeds.Picture.LeftOut),
        };
    }

    /// <inheritdoc/>
    public void Dismiss(string reason) => _loop.Post(() => Leave(reason));

    /// <inheritdoc/>
    public Task<IReadOnlyList<TakenDecision>> ExplainAsync()
    {
        var explained = new TaskCompletionSource<IReadOnlyList<TakenDecision>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() => explained.SetResult(_ended.Task.IsCompleted ? [] : [.. _decisions.Kept, Keep(decision: null, _context.Clock.Elapsed)]));
        return explained.Task;
    }

    private void OnDecision(Decision decision, TimeSpan now)
    {
        var taken = Keep(decision, now);
        _switches++;
        _decisions.Add(taken);
        _context.Decisions?.Add(taken);
        _context.Explanations.Tell(taken);
        Log.RenditionChanged(_context.Logger, Id, _media.Pictures[decision.Rung].Rendition.Name, decision.Reason);
    }

    private TakenDecision Keep(Decision? decision, TimeSpan now) => _steering.Keep(decision, Id, _channel.Name, _feeds.Picture, now);
}
