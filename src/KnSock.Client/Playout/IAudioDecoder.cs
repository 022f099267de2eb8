using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Turns access units into samples. Used by one thread at a time.</summary>
public interface IAudioDecoder : IDisposable
{
    /// <summary>Sets the decoder up.</summary>
    /// <exception cref="DecodeException">The set-up is not one that this decoder can use.</exception>
    void Configure(AudioConfiguration configuration);

    /// <summary>Decodes one unit into interleaved samples between -1 and 1.</summary>
    /// <param name="unit">The unit, in decoding order.</param>
    /// <param name="samples">Receives the samples of all channels, interleaved; at least 2,048 times the channels long.</param>
    /// <returns>Samples a channel; 0 where the decoder needs another unit first.</returns>
    /// <exception cref="DecodeException">The unit is damaged.</exception>
    int Decode(AccessUnit unit, Span<float> samples);

    /// <summary>Forgets everything but the configuration.</summary>
    void Reset();
}
