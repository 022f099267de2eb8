using KnSock.Protocol.Messages;
using KnSock.Server.Adaptation;

namespace KnSock.Server.Sessions;

/// <summary>The viewer whose rung is steered.</summary>
internal interface ISteered
{
    /// <summary>What its session is called.</summary>
    string Id { get; }

    /// <summary>A number by which viewers differ, for what is left to chance.</summary>
    int Lot { get; }

    /// <summary>What is known of its link.</summary>
    LinkEstimator Link { get; }

    /// <summary>Takes a new look at the link.</summary>
    void LookAtLink(TimeSpan now);

    /// <summary>Another rung is sent from now on.</summary>
    void OnRendition(RenditionNotice notice);

    /// <summary>Its sound is to be another, as soon as that is there.</summary>
    void OnSoundChosen();

    /// <summary>Its sound is another from now on.</summary>
    void OnSound(SoundNotice notice);

    /// <summary>Its link is being probed.</summary>
    void OnProbe();

    /// <summary>Another rung was chosen.</summary>
    /// <param name="taken">The choice and what it was made from; to keep.</param>
    void OnDecision(TakenDecision taken);
}
