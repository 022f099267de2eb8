using KnSock.Client;
using KnSock.Client.Playout;
using KnSock.Player.Display;

namespace KnSock.Player;

/// <summary>
/// Plays a channel in a window with sound, controlled by keys as in mpv: space or p pauses, left and right seek 5 s (with shift 1 s), up and
/// down 1 min, home goes to the beginning, m mutes, 9 and 0 change the volume, f fills the screen, i shows statistics, 1 to 8 (and 1 to 9 of the keypad) select a channel, q or escape ends, as does closing the window.
/// </summary>
/// <remarks>Without a display it plays on unseen, without a sound card unheard, and says so in one line each.</remarks>
public sealed class WindowSink : IMediaSink
{
    private readonly Action<string>? _notice;

    /// <summary>Creates a sink.</summary>
    /// <param name="notice">Receives a line where there is no display or no sound card.</param>
    public WindowSink(Action<string>? notice = null) => _notice = notice;

    /// <summary>Whether the statistics are shown from the start.</summary>
    public bool ShowStatistics { get; init; }

    /// <inheritdoc/>
    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        // Both take a tenth of a second or so, and the channel is on its way already.
        var opening = Task.Run(() => SdlAudioOutput.Open(playback.Time), CancellationToken.None);
        var controls = new PlayerControls(playback) { ShowsStatistics = ShowStatistics };
        await using var window = await OpenWindowAsync(playback, controls);
        using var card = await OpenedAsync(opening);
        var sound = (IAudioOutput?)card ?? new SilentAudioOutput(playback.Time);
        controls.SoundCard = card is null ? null : volume => card.Volume = volume;
        if (window is null)
        {
            await Decoding(new DiscardingVideoOutput(), sound).RunAsync(playback, cancellationToken);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var decoding = Decoding(window, sound).RunAsync(playback, ending.Token);
        var controlling = controls.RunAsync(window, ending.Token);
        var first = await Task.WhenAny(decoding, controlling, window.Closed);
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(decoding, controlling, first);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The user has had enough.
        }
    }

    private static DecodingSink Decoding(IVideoOutput video, IAudioOutput audio) =>
        new(() => new VideoDecoder(), () => new AudioDecoder(), video, audio);

    private async Task<SdlAudioOutput?> OpenedAsync(Task<SdlAudioOutput> opening)
    {
        try
        {
            return await opening;
        }
        catch (LiveStreamException e)
        {
            _notice?.Invoke($"{e.Message}; playing silently");
            return null;
        }
    }

    private async Task<PlayerWindow?> OpenWindowAsync(IPlayback playback, PlayerControls controls)
    {
        var channel = playback.Channel;
        var size = Letterbox.Fit(channel.Width, channel.Height, PlayerWindow.DefaultWidth, PlayerWindow.DefaultHeight);
        try
        {
            return await PlayerWindow.OpenAsync(PlayerControls.TitleOf(channel), controls.Enqueue, size.Width, size.Height);
        }
        catch (LiveStreamException e)
        {
            _notice?.Invoke($"{e.Message}; playing without one");
            return null;
        }
    }
}
