using System.Buffers;

namespace KnSock.Server.Endpoints.Tls;

/// <summary>Encrypted bytes on their way to a socket. Memory is borrowed while there are some.</summary>
internal sealed class CipherText
{
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>What is to be sent.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    public int Length => _end - _start;

    /// <summary>Adds some.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Length + bytes.Length);
            Bytes.CopyTo(larger);
            (_end, _start) = (Length, 0);
            Return();
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>So many of the first were sent.</summary>
    public void Sent(int count)
    {
        _start += count;
        if (_start == _end)
        {
            Clear();
        }
    }

    /// <summary>Lets go of all.</summary>
    public void Clear()
    {
        Return();
        (_bytes, _start, _end) = ([], 0, 0);
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
