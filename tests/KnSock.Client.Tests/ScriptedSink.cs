using KnSock.Client.Playout;

namespace KnSock.Client.Tests;

/// <summary>A sink that has had enough when its script is through.</summary>
internal sealed class ScriptedSink(IMediaSink inner, Func<IPlayback, CancellationToken, Task> script) : IMediaSink
{
    /// <summary>Nothing of it runs any more.</summary>
    public bool IsOver { get; private set; }

    public async Task RunAsync(IPlayback playback, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var playing = inner.RunAsync(playback, stop.Token);
        try
        {
            await await Task.WhenAny(playing, script(playback, stop.Token));
        }
        finally
        {
            await stop.CancelAsync();
            await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            IsOver = true;
        }
    }
}
