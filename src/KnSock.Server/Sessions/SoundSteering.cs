using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>Has a viewer's sound go on at another rate where that was chosen, at the start of a GOP. Units of both rates have the same times and set-up and decode one behind the other.</summary>
/// <param name="viewing">What is sent.</param>
/// <param name="choice">What chooses.</param>
/// <param name="notify">Tells the viewer.</param>
internal sealed class SoundSteering(Viewing viewing, SoundChoice choice, Action<SoundNotice> notify) : IRungs, IDisposable
{
    private RenditionTrack _told = viewing.Channel.AudioTrack;
    private RenditionTrack? _sent;
    private TrackReader? _prefetch;

    /// <summary>The sound that is wanted.</summary>
    public RenditionTrack Wanted => choice.IsLow && viewing.Channel.LowAudioTrack is { } low ? low : viewing.Channel.AudioTrack;

    /// <summary>How much less than the usual sound what is sent takes, bit/s.</summary>
    public double Saved => _sent is { } sent ? viewing.Channel.AudioTrack.Rendition.BitsPerSecond - sent.Rendition.BitsPerSecond : 0;

    /// <inheritdoc/>
    public bool IsPending => _sent != Wanted;

    /// <summary>Takes a new look at what the link carries.</summary>
    /// <returns>Whether the sound is to be changed over.</returns>
    public bool Update(in SoundInput input, TimeSpan now) => viewing.Channel.LowAudioTrack is not null && choice.Update(input, now);

    /// <inheritdoc/>
    public void Steer(TrackCursor cursor, TimeSpan now)
    {
        if (cursor.IsAtGopStart && Best(cursor) is var best && best != cursor.Track)
        {
            cursor.SwitchTo(best);
        }

        _sent = cursor.Track;
        Prepare(cursor, Wanted);
        if (_told != _sent)
        {
            _told = _sent;
            notify(new SoundNotice
            {
                Selection = viewing.Selection,
                BitsPerSecond = _sent.Rendition.BitsPerSecond,
                AtSeconds = (cursor.TurnStart + viewing.Channel.Timeline.GopStart(cursor.Gop).SinceZero).TotalSeconds,
                Reason = _sent == Wanted ? choice.Reason : "the other cannot be encoded",
            });
        }
    }

    /// <inheritdoc/>
    public void Suspend() => StopPrefetching();

    public void Dispose() => StopPrefetching();

    /// <summary>What is wanted, if that is there or nothing is; but nobody waits for what cannot be encoded.</summary>
    private RenditionTrack Best(TrackCursor cursor)
    {
        var wanted = Wanted;
        if (wanted == cursor.Track ? wanted.Fault is null : cursor.Track.ReadyUnits(cursor.Gop) == 0 && wanted.Fault is null)
        {
            return wanted;
        }

        return wanted.ReadyUnits(cursor.Gop) > 0 ? wanted : cursor.Track.ReadyUnits(cursor.Gop) > 0 ? cursor.Track : viewing.Channel.AudioTrack;
    }

    /// <summary>Has the sound that is wanted made from the next GOP on.</summary>
    private void Prepare(TrackCursor cursor, RenditionTrack wanted)
    {
        if (_sent == wanted)
        {
            StopPrefetching();
        }
        else if (_prefetch is null)
        {
            _prefetch = wanted.OpenReader(cursor.NextGop);
        }
        else if (_prefetch.Gop != cursor.NextGop)
        {
            _prefetch.MoveTo(cursor.NextGop);
        }
    }

    private void StopPrefetching()
    {
        _prefetch?.Dispose();
        _prefetch = null;
    }
}
