namespace KnSock.Server.Endpoints.Native;

/// <summary>A viewer whose connections are coming in. From any thread.</summary>
/// <param name="token">What ties them together.</param>
internal sealed class Arrival(string token)
{
    private readonly TaskCompletionSource<IncomingConnection> _audio = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ControlPeer> _control = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReleased;

    /// <summary>What ties its connections together.</summary>
    public string Token => token;

    /// <summary>Completes with the sound's connection.</summary>
    public Task<IncomingConnection> Audio => _audio.Task;

    /// <summary>Completes with the control connection.</summary>
    public Task<ControlPeer> Control => _control.Task;

    /// <summary>The sound's connection has come. False: there is one, or none is wanted.</summary>
    public bool TryAttach(IncomingConnection audio) => _audio.TrySetResult(audio);

    /// <summary>The control connection has come. False: there is one, or none is wanted.</summary>
    public bool TryAttach(ControlPeer control) => _control.TrySetResult(control);

    /// <summary>No connection for the sound is wanted.</summary>
    public void CloseAudio()
    {
        if (!_audio.TrySetCanceled() && _audio.Task.IsCompletedSuccessfully)
        {
            _audio.Task.Result.Dispose();
        }
    }

    /// <summary>The viewer has come; what it consists of belongs to its session.</summary>
    public void Release() => _isReleased = true;

    /// <summary>The viewer is not coming; what has come is closed, and what still comes is refused. Released, it does nothing.</summary>
    public void Close()
    {
        if (_isReleased)
        {
            return;
        }

        CloseAudio();
        if (!_control.TrySetCanceled() && _control.Task.IsCompletedSuccessfully)
        {
            _control.Task.Result.Connection.Dispose();
        }
    }
}
