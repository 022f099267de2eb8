using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Tests.Adaptation;

/// <summary>Decisions as sessions keep them.</summary>
internal static class Decisions
{
    /// <summary>The rungs of <see cref="Seen"/>.</summary>
    public static Ladder Ladder { get; } = new()
    {
        Video = [.. Seen.Pictures.Select((rate, rung) => new VideoRendition
        {
            Index = rung,
            Name = $"r{rung}",
            Width = 320 * (rung + 1),
            Height = 180 * (rung + 1),
            FrameRate = new FrameRate(30, 1),
            BitsPerSecond = (int)rate,
        })],
        Audio = new AudioRendition { Index = 0, Name = "stereo", BitsPerSecond = 96_000, SampleRate = 48_000, Channels = 2 },
    };

    /// <summary>Has a selector take a look, and keeps what came of it.</summary>
    public static TakenDecision Take(RenditionSelector selector, in SelectorInput input, TimeSpan at = default, string session = "v1")
    {
        var before = selector.Rung;
        return new TakenDecision
        {
            At = at,
            Session = session,
            Channel = "a.mp4",
            Names = [.. Ladder.Video.Select(r => r.Name)],
            Options = selector.Options,
            Before = before,
            Decision = selector.Update(input, at),
            Input = input.Copy(),
        };
    }

    /// <summary>A viewer in any state there can be, and some there cannot.</summary>
    public static SelectorInput Any(Random random)
    {
        var sent = random.Next(5);
        var gops = Seen.Gops(random.Next(10) == 0 ? 0 : 6, random.NextDouble() * 5);
        var begun = random.Next(2) == 0 ? Seen.Gops(1, random.NextDouble() * 5)[0] : null;
        var capacity = Math.Exp(11 + (random.NextDouble() * 6));
        return Seen.Viewer(sent, random.Next(10) == 0 ? null : capacity, (random.NextDouble() * 12) - 3) with
        {
            State = (PlayoutState)random.Next(4),
            UnderWay = random.Next(300_000),
            IsAtLiveEdge = random.Next(2) == 0,
            MaxBuffer = TimeSpan.FromTicks(random.Next(20) == 0 ? 0 : random.NextInt64(80_000_000)),
            Link = new LinkEstimate(random.Next(10) == 0 ? null : capacity, random.Next(2) == 0, TimeSpan.FromTicks(random.Next(30_000_000)), random.Next(2) == 0 ? null : capacity * (0.5 + random.NextDouble()), random.Next(2) == 0 ? null : random.NextDouble() * 0.4),
            RecentChanges = random.Next(2) * random.NextDouble() * 8,
            Wanted = random.Next(8) == 0 ? random.Next(5) : null,
            Begun = begun,
            RestBytes = begun is null ? 0 : random.NextInt64(begun.Bytes[sent] + 1),
            Rest = TimeSpan.FromTicks(begun is null ? 0 : random.Next(10_000_000)),
            Next = gops,
            Withdrawn = random.Next(3) > 0 ? null : [.. Enumerable.Range(0, 5).Select(rung => rung > 0 && random.Next(3) == 0 ? $"slow \"{rung}\" é\u202e" : null)],
        };
    }
}
