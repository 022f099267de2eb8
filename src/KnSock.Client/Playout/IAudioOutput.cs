namespace KnSock.Client.Playout;

/// <summary>Where decoded sound is heard: a queue that is emptied at the speed of a clock of its own.</summary>
public interface IAudioOutput
{
    /// <summary>Opens the output, or opens it anew, for this format. It starts paused and empty.</summary>
    void Configure(int sampleRate, int channels);

    /// <summary>Adds interleaved samples between -1 and 1 to the queue; never waits.</summary>
    void Write(ReadOnlySpan<float> samples);

    /// <summary>Sound that was written but has not been heard yet, with the latency of the device as far as it is known.</summary>
    TimeSpan Queued { get; }

    /// <summary>Stops or resumes the emptying of the queue.</summary>
    bool Paused { get; set; }

    /// <summary>Throws away what was not heard yet.</summary>
    void Clear();
}
