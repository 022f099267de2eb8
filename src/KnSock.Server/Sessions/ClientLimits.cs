using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;
using KnSock.Server.Channels;

namespace KnSock.Server.Sessions;

/// <summary>Turns what a viewer's client says of itself into caps of its rung: what its decoder manages, what its window shows, and what its user wants.</summary>
internal sealed class ClientLimits
{
    private static readonly DecoderLimitOptions Options = new();

    private readonly Channel _channel;
    private readonly DecoderLimit _decoder = new(Options);
    private readonly WindowLimit _window;
    private readonly TimeSpan _frameTime;
    private Limits _said = new();

    /// <summary>Nothing was said yet.</summary>
    public ClientLimits(Channel channel)
    {
        _channel = channel;
        _window = new WindowLimit([.. channel.Ladder.Video.Select(r => r.Height)]);
        _frameTime = channel.Timeline.FrameRate.StartOf(1).SinceZero;
        Rungs = new RungLimits(channel.Rungs);
    }

    /// <summary>What came of it.</summary>
    public RungLimits Rungs { get; }

    /// <summary>The rung that the user has chosen, as far as it may be sent. Null: none.</summary>
    public int? Chosen => _said.Rendition is { } rung && rung < _channel.VideoTracks.Count && (rung == 0 || Rungs[rung] is null) ? rung : null;

    /// <summary>Another selection of the same channel begins.</summary>
    public void Begin() => _decoder.Begin();

    /// <summary>Takes in what is of use to the client.</summary>
    public void Follow(Limits limits, TimeSpan now)
    {
        _said = limits;
        var (highest, reason) = Wanted(limits);
        Rungs.Set(RungCap.User, highest, reason);
        LookAtWindow(now);
    }

    /// <summary>Takes in how playout goes.</summary>
    /// <param name="feedback">What the client reports.</param>
    /// <param name="played">The rung that is played.</param>
    /// <param name="now">The server's clock.</param>
    public void Follow(in FeedbackFigures feedback, int? played, TimeSpan now)
    {
        LookAtWindow(now);
        var top = _channel.VideoTracks.Count - 1;
        _decoder.Update(new DecoderReport(feedback.State, played, top, _frameTime, feedback.DecodeP95Ms, feedback.Presented, feedback.Late), now);
        Rungs.Set(RungCap.Decoder, _decoder.Highest ?? top, _decoder.Reason);
    }

    private void LookAtWindow(TimeSpan now)
    {
        // Who has chosen a rung wants it in a small window, too.
        _window.Update(_said.Rendition is null ? _said.WindowHeight : null, now);
        Rungs.Set(RungCap.Window, _window.Highest, _window.Reason);
    }

    /// <summary>The highest rung that the user wants.</summary>
    private (int Rung, string Reason) Wanted(Limits limits)
    {
        var ladder = _channel.Ladder;
        for (var rung = 1; rung < ladder.Video.Count; rung++)
        {
            var rendition = ladder.Video[rung];
            if (Math.Min(rendition.Width, rendition.Height) > limits.MaxHeight)
            {
                return (rung - 1, $"the viewer's own limit is {limits.MaxHeight} lines");
            }

            if (rendition.BitsPerSecond + ladder.Audio.BitsPerSecond > limits.MaxBitsPerSecond)
            {
                return (rung - 1, $"the viewer's own limit is {limits.MaxBitsPerSecond / 1000} kbit/s");
            }
        }

        return (ladder.Video.Count - 1, "");
    }
}
