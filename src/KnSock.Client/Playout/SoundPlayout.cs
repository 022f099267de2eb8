using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Keeps an output supplied with decoded sound, so that what is heard is what playout stands at.</summary>
internal sealed class SoundPlayout
{
    private static readonly TimeSpan FirstBlock = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan WaitForSoundBeyond = TimeSpan.FromSeconds(2);

    private readonly IPlayback _playback;
    private readonly SoundSupply _supply;
    private readonly SoundDecoding _decoding;
    private (Timestamp Position, TimeSpan At)? _lastSupply;

    /// <summary>Creates one.</summary>
    /// <param name="playback">What is played.</param>
    /// <param name="decoder">What decodes it.</param>
    /// <param name="output">Where it is heard.</param>
    public SoundPlayout(IPlayback playback, IAudioDecoder decoder, IAudioOutput output)
    {
        (_playback, _supply) = (playback, new SoundSupply(playback, output));
        _decoding = new SoundDecoding(playback, decoder, _supply);
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                Step();
                await Task.Delay(Period, _playback.Time, cancellationToken);
            }
        }
        finally
        {
            lock (_supply.Gate)
            {
                _supply.Clear();
            }
        }
    }

    /// <summary>Decodes what there is and gives the output what it needs; to be called every few milliseconds by one thread.</summary>
    internal void Step()
    {
        _decoding.DecodeAhead();
        lock (_supply.Gate)
        {
            Supply();
        }
    }

    /// <summary>Tells the playback which instant of sound is being heard. May be called from any thread.</summary>
    public void ReportPosition()
    {
        lock (_supply.Gate)
        {
            _supply.ReportPosition();
        }
    }

    /// <summary>Starts, stops and supplies the output.</summary>
    private void Supply()
    {
        if (!_supply.IsConfigured || _playback.Selection != _supply.Selection || _playback.Position is not { } position)
        {
            // While playout stands no time passes in it.
            _lastSupply = _lastSupply is { } last ? (last.Position, _playback.Time.Elapsed()) : null;
            _supply.Pause();
            return;
        }

        if (IsLeftBehind(position))
        {
            _supply.Clear();
        }

        if (_supply.IsAligned && _supply.IsOver)
        {
            // It has run empty, so time has passed without sound: what comes next must find its place anew.
            _supply.Clear();
        }

        if (!_supply.IsAligned)
        {
            _supply.IsAligned = TryAlign(position, _supply.Selection);
            Begin();
        }

        TopUp(SoundSupply.Ahead);
        if (_supply.IsAligned)
        {
            _supply.Report();
        }
    }

    /// <summary>Whether playout has jumped away from the sound that lies at the output.</summary>
    private bool IsLeftBehind(Timestamp position)
    {
        var now = _playback.Time.Elapsed();
        var hasJumped = _lastSupply is { } last && position - last.Position > now - last.At + SoundDecoding.HeldBehindGap;
        _lastSupply = (position, now);
        return hasJumped && _supply.IsAligned && position - _supply.Heard > SoundDecoding.HeldBehindGap;
    }

    /// <summary>Makes the line begin with the sample that is due when the output's latency has passed.</summary>
    /// <returns>Whether it does; false where there is no such sample yet, or the units that came belong to another selection.</returns>
    private bool TryAlign(Timestamp position, uint selection)
    {
        var due = position + _supply.Latency;
        do
        {
            if (_supply.Next is { } start && start - due > WaitForSoundBeyond)
            {
                return false;
            }

            _supply.Align(due);
            if (_supply.Ready > TimeSpan.Zero)
            {
                return true;
            }

            if (!_decoding.TryDecodeNext())
            {
                return false;
            }
        }
        while (_supply.Selection == selection);
        return false;
    }

    /// <summary>
    /// Starts the output with a little sound, and leaves out of what follows as much as starting took; the first time that can be tens of
    /// milliseconds.
    /// </summary>
    private void Begin()
    {
        TopUp(FirstBlock);
        if (_supply.IsAligned && _supply.Start() is var late && late > TimeSpan.Zero)
        {
            _supply.Align(_supply.Next!.Value + late);
        }
    }

    private void TopUp(TimeSpan upTo)
    {
        var rate = _playback.Rate;
        while (_supply.TryTopUp(upTo, rate))
        {
            _decoding.DecodeAhead();
        }
    }
}
