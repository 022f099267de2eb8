using System.Buffers.Binary;
using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Sound that is samples already (<see cref="AudioConfiguration.Pcm"/>) and so needs no decoder.</summary>
internal static class PcmSamples
{
    private const float FullScale = 32_768;

    /// <summary>Gives out a unit's samples as those between -1 and 1 that outputs take.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="samples">Receives the samples of all channels, interleaved.</param>
    /// <returns>Samples a channel.</returns>
    /// <exception cref="DecodeException">The unit is not made of whole samples, or is too long.</exception>
    public static int Read(AccessUnit unit, int channels, Span<float> samples)
    {
        var source = unit.Payload.Span;
        var count = source.Length / sizeof(short);
        if (source.Length % (sizeof(short) * channels) != 0 || count > samples.Length)
        {
            throw new DecodeException("a unit of sound is not whole");
        }

        for (var i = 0; i < count; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(source[(i * sizeof(short))..]) / FullScale;
        }

        return count / channels;
    }
}
