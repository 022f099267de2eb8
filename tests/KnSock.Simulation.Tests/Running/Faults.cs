using System.Globalization;
using System.Text;
using KnSock.Protocol.Messages;
using KnSock.Simulation.Viewers;

namespace KnSock.Simulation.Tests.Running;

/// <summary>Clients whose feedback is of no use, each in its way; they play as any other does.</summary>
internal static class Faults
{
    private static readonly Dictionary<string, FeedbackFault> All = new(StringComparer.Ordinal)
    {
        ["none"] = (feedback, _) => [Now(feedback)],
        ["full buffer"] = (feedback, _) => [Now(feedback with { VideoBufferSeconds = 8, AudioBufferSeconds = 8 })],
        ["far ahead"] = (feedback, _) => [Now(feedback with { PositionSeconds = feedback.PositionSeconds + 60 })],
        ["to and fro"] = (feedback, since) => [Now(feedback with { PositionSeconds = Math.Max(0, (feedback.PositionSeconds ?? 0) + ((int)(since.TotalSeconds * 10) % 2 == 0 ? 20 : -20)) })],
        ["at zero"] = (feedback, _) => [Now(feedback with { PositionSeconds = 0, State = PlayoutState.Playing })],
        ["silent from 20 s"] = (feedback, since) => since.TotalSeconds < 20 ? [Now(feedback)] : [],
        ["flood"] = (feedback, _) => Enumerable.Repeat(Now(feedback), 100),
        ["late"] = (feedback, _) => [(MessageJson.WriteLine(feedback), TimeSpan.FromSeconds(2))],
        ["out of order"] = (feedback, since) => [Now(feedback with { PositionSeconds = Math.Max(0, (feedback.PositionSeconds ?? 0) - ((int)(since.TotalSeconds * 10) % 3 * 0.1)) })],
        ["another selection"] = (feedback, since) => [Now(since.TotalSeconds < 20 ? feedback : feedback with { Selection = 7 })],
        ["absurd numbers"] = (feedback, since) => since.TotalSeconds < 20 ? [Now(feedback)] : Absurd(feedback),
        ["counters that fall"] = (feedback, since) => [Now(feedback with { Late = 1000 - (int)since.TotalSeconds, Dropped = 1000 - (int)since.TotalSeconds, Stalls = 0, StallMs = 0 })],
        ["bytes beyond what was sent"] = (feedback, _) => [Now(feedback with { ReceivedBytes = long.MaxValue })],
        ["no bytes at all"] = (feedback, _) => [Now(feedback with { ReceivedBytes = 0 })],
        ["always stalled"] = (feedback, _) => [Now(feedback with { State = PlayoutState.Stalled, VideoBufferSeconds = 0, AudioBufferSeconds = 0 })],
    };

    public static IEnumerable<string> Names => All.Keys;

    public static FeedbackFault Of(string name) => All[name];

    private static (byte[] Line, TimeSpan Later) Now(Feedback feedback) => (MessageJson.WriteLine(feedback), TimeSpan.Zero);

    private static IEnumerable<(byte[] Line, TimeSpan Later)> Absurd(Feedback feedback) => ((string[])["NaN", "-5", "1e300", "\"12\"", "null"]).Select(number =>
        (Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"feedback\",\"selection\":{feedback.Selection},\"state\":\"playing\",\"positionSeconds\":{number},\"videoBufferSeconds\":{number},\"audioBufferSeconds\":1}}\n")), TimeSpan.Zero));
}
