using KnSock.Shaped.Media;
using KnSock.Shaped.Results;
using KnSock.Simulation.Links;
using KnSock.Simulation.Media;
using KnSock.Simulation.Policies;
using KnSock.Simulation.Results;
using KnSock.Simulation.Running;
using KnSock.Simulation.Traces;

namespace KnSock.Shaped.Viewers;

/// <summary>What the simulator says of a run: the same media, trace, setting, policy and round trip.</summary>
/// <param name="media">What is watched.</param>
/// <param name="roundTrip">Time there and back.</param>
internal sealed class Prediction(ShapedMedia media, TimeSpan roundTrip)
{
    /// <summary>A real viewer joins anywhere in the loop; so do these.</summary>
    private const int Viewers = 8;

    private readonly SimulatedChannel _channel = new(media.Sizes);

    /// <summary>Figures of several viewers.</summary>
    public IReadOnlyList<ViewerFigures> Of(BandwidthTrace trace, Setting setting) =>
    [
        .. Enumerable.Range(0, Viewers).Select(seed => FiguresReading.Of(SimulatedRun.Run(
            _channel, trace, setting, Policy.Named(Policy.Own), new RunOptions { Link = new LinkOptions { RoundTrip = roundTrip }, Seed = seed }).Outcome)),
    ];
}
