using System.Runtime.InteropServices;

namespace KnSock.Cli;

/// <summary>Turns Ctrl+C, SIGTERM and a closed terminal into a cancellation; a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<PosixSignalRegistration> _registrations;

    /// <summary>Begins to listen.</summary>
    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
    ];

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(r => r.Dispose());
        _cancellation.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = !_cancellation.IsCancellationRequested;
        _cancellation.Cancel();
    }
}
