namespace KnSock.Server.Adaptation;

/// <summary>Chooses a viewer's rung. Pure: it is given what is seen and the time, and holds no clock.</summary>
internal interface IRenditionSelector
{
    /// <summary>The rung chosen.</summary>
    int Rung { get; }

    /// <summary>Takes a new look.</summary>
    /// <param name="input">What is seen now. Its lists are valid during the call only.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>Null: the rung stays.</returns>
    Decision? Update(in SelectorInput input, TimeSpan now);
}
