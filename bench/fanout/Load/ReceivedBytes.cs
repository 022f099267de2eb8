using System.Buffers;

namespace KnSock.Fanout.Load;

/// <summary>What one viewer received, to be made a <see cref="Recording"/>.</summary>
internal sealed class ReceivedBytes
{
    private readonly ArrayBufferWriter<byte> _video = new();
    private readonly ArrayBufferWriter<byte> _audio = new();

    /// <summary>What came on the video connection, the greeting included.</summary>
    public ReadOnlyMemory<byte> Video => _video.WrittenMemory;

    /// <summary>What came on the audio connection.</summary>
    public ReadOnlyMemory<byte> Audio => _audio.WrittenMemory;

    /// <summary>Keeps bytes.</summary>
    public void Add(bool isVideo, ReadOnlySpan<byte> bytes) => (isVideo ? _video : _audio).Write(bytes);
}
