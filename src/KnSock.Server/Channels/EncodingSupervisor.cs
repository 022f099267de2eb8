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
    private readonly List<(Channel Channel, int Rung)> _withdrawn = [];

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
        var encoding = channels.SelectMany(c => c.VideoTracks).Where(t => t.IsRead && t.Rendition is VideoRendition { IsPassthrough: false } && t.EncodingSpeed?.At > now - Fresh).ToList();
        double? slowest = encoding.Count > 0 ? encoding.Min(t => t.EncodingSpeed!.Value.Speed) : null;
        var (presets, candidate) = (EncoderRun.Presets.Length - 1, Highest(channels, encoding));
        var most = presets + _withdrawn.Count + (candidate is null ? 0 : 1);
        var before = _pressure.Level;
        if (!_pressure.Update(slowest, most, now))
        {
            return;
        }

        if (_pressure.Level > before && _pressure.Level > presets && candidate is var (channel, rung))
        {
            _withdrawn.Add((channel, rung));
            channel.Withdraw(rung, Reason);
            Log.RungWithdrawn(logger, DisplayText.Clean(channel.Name), channel.VideoTracks[rung].Rendition.Name, slowest ?? 0);
        }
        else if (_pressure.Level < before && _withdrawn is [.., var back])
        {
            _withdrawn.RemoveAt(_withdrawn.Count - 1);
            back.Channel.Withdraw(back.Rung, reason: null);
            Log.RungOffered(logger, DisplayText.Clean(back.Channel.Name), back.Channel.VideoTracks[back.Rung].Rendition.Name);
        }
        else
        {
            Log.PresetChanged(logger, Preset, slowest ?? 0);
        }
    }

    /// <summary>The largest rung that is being encoded and may go: the lowest of a channel stays.</summary>
    private static (Channel Channel, int Rung)? Highest(IEnumerable<Channel> channels, List<RenditionTrack> encoding) => channels
        .SelectMany(c => c.VideoTracks.Index().Where(t => t.Index > 0 && c.Withdrawn?[t.Index] is null && encoding.Contains(t.Item)).Select(t => (Channel: c, Rung: t.Index)))
        .OrderByDescending(t => (long)t.Channel.Ladder.Video[t.Rung].Width * t.Channel.Ladder.Video[t.Rung].Height)
        .Select(t => ((Channel, int)?)t)
        .FirstOrDefault();
}
