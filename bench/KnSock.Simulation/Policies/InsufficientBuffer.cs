using KnSock.Server.Adaptation;

namespace KnSock.Simulation.Policies;

/// <summary>dash.js's rule for a buffer that is nearly empty: a rung's GOP must come within a share of what is left.</summary>
internal static class InsufficientBuffer
{
    /// <summary>The highest rung that the rule lets pass.</summary>
    /// <param name="input">What is seen.</param>
    /// <param name="throughput">What the link is taken to carry, bit/s.</param>
    /// <param name="factor">The share.</param>
    /// <param name="gopSeconds">How long a GOP plays.</param>
    /// <remarks>Where the buffer is never as long as a GOP, pictures play while their GOP comes, and what is left is held against all there can be.</remarks>
    public static int Highest(in SelectorInput input, double throughput, double factor, double gopSeconds)
    {
        var whole = input.IsAtLiveEdge ? Math.Min(gopSeconds, input.MaxBuffer.TotalSeconds) : gopSeconds;
        return Offer.Highest(input.Rates, throughput * factor * Math.Max(0, input.Buffer.TotalSeconds) / Math.Max(whole, 0.001));
    }
}
