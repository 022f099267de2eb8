using KnSock.Media;
using KnSock.Server.Encoding;
using Microsoft.Extensions.Logging;

namespace KnSock.Server.Channels;

/// <summary>
/// Sees to it that what is watched is encoded in time: when the machine does not suffice, first all encoders take faster presets, then the
/// highest rungs are taken from what is offered, one after the other. Both come back when there is room for long.
/// </summary>
internal sealed class EncodingSupervisor(ServerClock clock, ILogger logger)
{
    private const string Reason = "this machine cannot encode it in time at present";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A speed that was measured longer ago than this says nothing.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    private readonly EncodingPressure _pressure = new();
    private readonly List<Offered> _withdrawn = [];

    /// <summary>The preset that encoders are to use.</summary>
    public string Preset => EncoderRun.Presets[Math.Min(_pressure.Level, EncoderRun.Presets.Length - 1)];

    /// <summary>Runs until cancelled.</summary>
    /// <param name="channels">The channels on offer; gone through anew each time, for they come and go.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(IEnumerable<Channel> channels, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, clock.Provider, cancellationToken);
                Look(channels);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the server.
        }
    }

    /// <summary>Takes one look.</summary>
    public void Look(IEnumerable<Channel> channels)
    {
        var now = clock.Elapsed;
        _pressure.Relieve(_withdrawn.RemoveAll(w => w.Channel.HasEnded));
        var encoding = channels.SelectMany(AllOf).Where(o => o.Track is { IsRead: true, Rendition: not VideoRendition { IsPassthrough: true } } && o.Track.EncodingSpeed?.At > now - Fresh).ToList();
        double? slowest = encoding.Count > 0 ? encoding.Min(o => o.Track.EncodingSpeed!.Value.Speed) : null;
        var (presets, candidate) = (EncoderRun.Presets.Length - 1, Highest(encoding));
        var most = presets + _withdrawn.Count + (candidate is null ? 0 : 1);
        var before = _pressure.Level;
        if (!_pressure.Update(slowest, most, now))
        {
            return;
        }

        if (_pressure.Level > before && _pressure.Level > presets && candidate is not null)
        {
            _withdrawn.Add(candidate);
            candidate.Channel.Withdraw(candidate.Rungs, candidate.Rung, Reason);
            Log.RungWithdrawn(logger, DisplayText.Clean(candidate.Channel.Name), candidate.Track.Rendition.Name, slowest ?? 0);
        }
        else if (_pressure.Level < before && _withdrawn is [.., var back])
        {
            _withdrawn.RemoveAt(_withdrawn.Count - 1);
            back.Channel.Withdraw(back.Rungs, back.Rung, reason: null);
            Log.RungOffered(logger, DisplayText.Clean(back.Channel.Name), back.Track.Rendition.Name);
        }
        else
        {
            Log.PresetChanged(logger, Preset, slowest ?? 0);
        }
    }

    /// <summary>All rungs of a channel, also those of kn-sock's clients: no preset makes those quicker, but others leave them more of the machine.</summary>
    private static IEnumerable<Offered> AllOf(Channel channel) =>
        channel.AllRungs.SelectMany(rungs => rungs.Tracks.Select((track, rung) => new Offered(channel, rungs, rung, track)));

    /// <summary>The largest rung that is being encoded and may go, of one size that with the higher rate: the lowest of its kind in a channel stays.</summary>
    private static Offered? Highest(List<Offered> encoding) => encoding
        .Where(o => o.Rung > 0 && o.Rungs.Withdrawn?[o.Rung] is null)
        .OrderByDescending(o => PixelsOf(o.Track.Rendition))
        .ThenByDescending(o => o.Track.Rendition.BitsPerSecond)
        .FirstOrDefault();

    private static long PixelsOf(Rendition rendition) => rendition switch
    {
        VideoRendition video => (long)video.Width * video.Height,
        JpegRendition jpeg => (long)jpeg.Width * jpeg.Height,
        _ => 0,
    };

    private sealed record Offered(Channel Channel, RungOffer Rungs, int Rung, RenditionTrack Track);
}
