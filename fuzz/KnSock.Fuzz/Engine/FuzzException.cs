namespace KnSock.Fuzz.Engine;

/// <summary>A decoder did what it must not do.</summary>
public sealed class FuzzException(string message) : Exception(message)
{
    /// <summary>Fails unless something holds.</summary>
    public static void Unless(bool holds, string what)
    {
        if (!holds)
        {
            throw new FuzzException(what);
        }
    }
}
