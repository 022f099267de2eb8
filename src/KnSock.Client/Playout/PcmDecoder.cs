using System.Buffers.Binary;
using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Gives out 16-bit samples, which need no decoding, as those between -1 and 1 that outputs take.</summary>
internal sealed class PcmDecoder : IAudioDecoder
{
    private const float FullScale = 32_768;

    private int _channels = 1;

    /// <inheritdoc/>
    public void Configure(AudioConfiguration configuration)
    {
        if (configuration.Channels is < 1 or > 8 || configuration.SampleRate <= 0)
        {
            throw new DecodeException($"sound of {configuration.Channels} channels at {configuration.SampleRate} Hz cannot be played");
        }

        _channels = configuration.Channels;
    }

    /// <inheritdoc/>
    public int Decode(AccessUnit unit, Span<float> samples)
    {
        var source = unit.Payload.Span;
        var count = source.Length / sizeof(short);
        if (count * sizeof(short) != source.Length || count % _channels != 0 || count > samples.Length)
        {
            throw new DecodeException("a unit of sound is not whole");
        }

        for (var i = 0; i < count; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(source[(i * sizeof(short))..]) / FullScale;
        }

        return count / _channels;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // No unit depends on another.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // There is nothing to give back.
    }
}
