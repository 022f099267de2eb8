using KnSock.Media;
using KnSock.Server.Channels;
using KnSock.Server.Diagnostics;
using KnSock.Server.Loops;

namespace KnSock.Server.Endpoints.Legacy;

/// <summary>
/// Picture and sound of one kn-sock client, which begin at the same position at the same moment: the client ties them together by when they come. Used on the session's loop only.
/// </summary>
internal sealed class LegacyFeeds(LegacyMedia media, LegacyConnections connections, Segments segments, ServerMetrics metrics) : IDisposable
{
    /// <summary>The picture waits so long for the sound's connection. It comes at once, but is told from others by a quarter of a second of silence.</summary>
    private static readonly TimeSpan LongestWaitForConnection = TimeSpan.FromSeconds(1.2);

    /// <summary>The picture waits so long for the sound itself.</summary>
    private static readonly TimeSpan LongestWaitForSound = TimeSpan.FromSeconds(4);

    private SoundFeed? _sound;
    private bool _isSoundBegun;

    /// <summary>The picture.</summary>
    public PictureFeed Picture { get; } = new(media, connections.Video, connections.PicturesUnderWay, segments, metrics);

    /// <summary>Whether it has sound.</summary>
    public bool HasSound => _sound is not null;

    /// <summary>Where the first picture is, once both have begun.</summary>
    public Timestamp Start { get; private set; }

    /// <summary>The sound's connection has come.</summary>
    public void AddSound() => _sound = new SoundFeed(media, connections.Sound!, metrics);

    /// <summary>Begins, as soon as both are there or one has been waited for long enough.</summary>
    /// <param name="live">Where the broadcast is.</param>
    /// <param name="waited">For how long that has been tried.</param>
    /// <param name="rung">The rung to begin with.</param>
    /// <param name="now">The server's clock.</param>
    public bool TryBegin(Timestamp live, TimeSpan waited, int rung, TimeSpan now)
    {
        var isPictureReady = Picture.Prepare(live, rung);
        var position = Picture.Position;
        var isSoundReady = _sound is { } sound ? sound.Prepare(position) || waited > LongestWaitForSound : waited > LongestWaitForConnection;
        if (!isPictureReady || !isSoundReady)
        {
            return false;
        }

        Start = position;
        Picture.Begin(now);
        BeginSound(position);
        return true;
    }

    /// <summary>Sends what is due of both, sound first.</summary>
    /// <param name="live">Where the broadcast is.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>When there is more to do; <see cref="LoopMember.Never"/> when there has to be room first.</returns>
    /// <exception cref="IOException">The picture's connection is broken.</exception>
    public TimeSpan Send(Timestamp live, TimeSpan now)
    {
        var due = SendSound(live, now);
        var picture = Picture.Send(live, now, givesWay: _sound?.IsPressed(live) == true);
        return picture < due ? picture : due;
    }

    /// <summary>The sound's connection may be closed; then there is none any more.</summary>
    public void DropSoundIfClosed()
    {
        if (connections.Sound is null)
        {
            _sound?.Dispose();
            _sound = null;
        }
    }

    public void Dispose()
    {
        Picture.Dispose();
        _sound?.Dispose();
    }

    private TimeSpan SendSound(Timestamp live, TimeSpan now)
    {
        if (_sound is not { } sound)
        {
            return LoopMember.Never;
        }

        if (!_isSoundBegun)
        {
            // Its connection came late, or the encoder of it did.
            if (!sound.Prepare(live))
            {
                return now + PictureFeed.StarvedInterval;
            }

            BeginSound(live);
        }

        try
        {
            return sound.Send(live, now);
        }
        catch (IOException)
        {
            connections.CloseSound();
            DropSoundIfClosed();
            return LoopMember.Never;
        }
    }

    private void BeginSound(Timestamp position)
    {
        _isSoundBegun = _sound is not null;
        _sound?.Begin(position);
    }
}
