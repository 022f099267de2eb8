using KnSock.Media;
using KnSock.Media.Mp4;

namespace KnSock.Server.Encoding;

/// <summary>Gives the samples of one rendition of a run their place on the loop's timeline.</summary>
internal interface IUnitPlacer
{
    /// <summary>All units to the end of the range were placed.</summary>
    bool IsComplete { get; }

    /// <summary>Units that are still to come.</summary>
    long Missing { get; }

    /// <summary>The unit, or null for one that comes before or after those asked for.</summary>
    /// <exception cref="EncoderException">The sample is not the one that is due.</exception>
    AccessUnit? Place(Fmp4Sample sample, Fmp4Track track);
}
