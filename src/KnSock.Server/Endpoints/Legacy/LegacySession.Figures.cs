using KnSock.Server.Adaptation;
using KnSock.Server.Sessions;

namespace KnSock.Server.Endpoints.Legacy;

/// <content>How it stands, for those who look after the server.</content>
internal sealed partial class LegacySession
{
    private const string ClientName = "kn-sock";

    private int _switches;

    /// <inheritdoc/>
    public SessionFigures? Figures()
    {
        if (_joinedAt is not { } joined || _ended.Task.IsCompleted)
        {
            return null;
        }

        var rung = _media.Pictures[_picture.Rung].Rendition;
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
            BitsPerSecond = rung.BitsPerSecond + (_sound is null ? 0 : _media.Sound.Rendition.BitsPerSecond),
            LinkBitsPerSecond = _steering.LinkBitsPerSecond,
            State = _begunAt is null ? "buffering" : "playing",
            BufferSeconds = _steering.BufferSeconds,
            Dropped = (int)Math.Min(int.MaxValue, _picture.LeftOut),
        };
    }

    /// <inheritdoc/>
    public void Dismiss(string reason) => _loop.Post(() => Leave(reason));

    /// <inheritdoc/>
    /// <remarks>Its rungs are not chosen from what such a record holds; the log has each change and why.</remarks>
    public Task<IReadOnlyList<TakenDecision>> ExplainAsync() => Task.FromResult<IReadOnlyList<TakenDecision>>([]);
}
