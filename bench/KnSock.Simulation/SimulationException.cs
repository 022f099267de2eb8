namespace KnSock.Simulation;

/// <summary>What was asked for cannot be simulated. The message is a line for people.</summary>
internal sealed class SimulationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SimulationException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with what caused it.</summary>
    public SimulationException(string message, Exception inner) : base(message, inner)
    {
    }
}
