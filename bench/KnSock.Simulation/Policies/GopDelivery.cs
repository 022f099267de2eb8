namespace KnSock.Simulation.Policies;

/// <summary>A GOP that has arrived whole at the viewer, as one that measures downloads sees it.</summary>
/// <param name="Rung">Its rung.</param>
/// <param name="Bytes">Its bytes on the wire, sound included.</param>
/// <param name="Began">When the first of them was handed to the link.</param>
/// <param name="Ended">When the last of them arrived.</param>
/// <param name="Duration">How long it plays.</param>
internal readonly record struct GopDelivery(int Rung, long Bytes, TimeSpan Began, TimeSpan Ended, TimeSpan Duration)
{
    /// <summary>Its keyframe, which is handed to the link at once and so shows what that carries. Null: that was not seen.</summary>
    public Burst? Keyframe { get; init; }
}

/// <summary>Bytes that went out together.</summary>
/// <param name="Bytes">How many.</param>
/// <param name="Took">From the first to the last at the viewer.</param>
internal readonly record struct Burst(long Bytes, TimeSpan Took);

/// <summary>A policy that goes by downloads.</summary>
internal interface IDeliveryListener
{
    /// <summary>A GOP has arrived.</summary>
    void OnDelivered(in GopDelivery delivery);
}
