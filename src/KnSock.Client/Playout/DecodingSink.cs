namespace KnSock.Client.Playout;

/// <summary>Decodes picture and sound, shows and plays both when they are due, and keeps them together.</summary>
/// <remarks>
/// Pictures are decoded a few ahead on a thread of their own. About 100 ms of sound are kept at the output, whose clock is the master: what it
/// says is being heard steers the playout clock, and pictures are shown by that.
/// </remarks>
/// <param name="videoDecoder">Makes the decoder of the picture; disposed of at the end.</param>
/// <param name="audioDecoder">Makes the decoder of the sound; disposed of at the end.</param>
/// <param name="video">Where pictures are shown; remains the caller's.</param>
/// <param name="audio">Where sound is heard; remains the caller's.</param>
public sealed class DecodingSink(Func<IVideoDecoder> videoDecoder, Func<IAudioDecoder> audioDecoder, IVideoOutput video, IAudioOutput audio)
    : IMediaSink
{
    /// <inheritdoc/>
    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        playback.ReportReady(selection: 0);
        // Loading decoders takes tens of milliseconds, in which the channel is on its way already.
        var pictureDecoding = Task.Run(videoDecoder, cancellationToken);
        var soundDecoding = Task.Run(audioDecoder, cancellationToken);
        try
        {
            await Task.WhenAll(pictureDecoding, soundDecoding);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var sound = new SoundPlayout(playback, await soundDecoding, audio);
            var pictures = new PicturePlayout(playback, await pictureDecoding, video, sound.ReportPosition);
            var loops = new[] { sound.RunAsync(stop.Token), pictures.RunAsync(stop.Token) };
            var first = await Task.WhenAny(loops);
            await stop.CancelAsync();
            foreach (var loop in loops)
            {
                await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await first;
        }
        finally
        {
            await DisposeAsync(pictureDecoding);
            await DisposeAsync(soundDecoding);
        }
    }

    private static async Task DisposeAsync<T>(Task<T> making)
        where T : IDisposable
    {
        await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (making.IsCompletedSuccessfully)
        {
            (await making).Dispose();
        }
    }
}
