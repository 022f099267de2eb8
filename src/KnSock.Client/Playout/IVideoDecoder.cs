using KnSock.Media;

namespace KnSock.Client.Playout;

/// <summary>Turns access units into pictures. Used by one thread at a time.</summary>
public interface IVideoDecoder : IDisposable
{
    /// <summary>Sets the decoder up for a rendition. Pictures that it still held are lost.</summary>
    /// <exception cref="DecodeException">The set-up is not one that this decoder can use.</exception>
    void Configure(VideoConfiguration configuration);

    /// <summary>Decodes one unit, given in decoding order.</summary>
    /// <param name="unit">The unit; the first after <see cref="Configure"/> or <see cref="Reset"/> is a keyframe.</param>
    /// <param name="pictures">Receives the pictures that are ready, in order of presentation. The caller owns them.</param>
    /// <exception cref="DecodeException">The unit is damaged; nothing but a keyframe can follow.</exception>
    void Decode(AccessUnit unit, ICollection<VideoFrame> pictures);

    /// <summary>Gives out the pictures still held for reordering; afterwards a keyframe must follow.</summary>
    /// <param name="pictures">Receives the pictures in order of presentation. The caller owns them.</param>
    void Drain(ICollection<VideoFrame> pictures);

    /// <summary>Forgets everything but the configuration.</summary>
    void Reset();
}
