using KnSock.Client.Playout;

namespace KnSock.Player;

/// <summary>Plays a channel into callbacks: each picture when it is due, each piece of sound with the time at which it is due.</summary>
public sealed class CallbackSink : IMediaSink
{
    private readonly CallbackVideoOutput _pictures;
    private readonly Action<HeardSound>? _sound;

    /// <summary>Creates a sink.</summary>
    /// <param name="picture">Receives each picture at the time it is due; owns it and must dispose of it. Must not wait.</param>
    /// <param name="sound">Receives the sound, a little after it is due, with the exact time. Must not wait. Null: nobody listens.</param>
    public CallbackSink(Action<VideoFrame> picture, Action<HeardSound>? sound = null) =>
        (_pictures, _sound) = (new CallbackVideoOutput(picture), sound);

    /// <inheritdoc/>
    public Task RunAsync(IPlayback playback, CancellationToken cancellationToken) =>
        new DecodingSink(() => new VideoDecoder(), () => new AudioDecoder(), _pictures, new SilentAudioOutput(playback.Time, _sound))
            .RunAsync(playback, cancellationToken);

    private sealed class CallbackVideoOutput(Action<VideoFrame> picture) : IVideoOutput
    {
        public void Present(VideoFrame frame) => picture(frame);
    }
}
