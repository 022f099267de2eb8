using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace KnSock.Server.Access;

/// <summary>
/// The keys that viewer tokens are signed with. The first one signs; all are good, so that a new one can be put before the old one until the tokens of that have ended. Nothing of them is ever
/// written anywhere.
/// </summary>
/// <remarks>
/// Tokens are JSON Web Tokens (RFC 7519) signed with HS256 (HMAC-SHA256, RFC 7518, 3.2), with the claims <c>exp</c> and <c>channels</c>, so that a program in any language can make them with a library of
/// its own. No other algorithm is looked at.
/// </remarks>
public sealed class ViewerKeys
{
    private const int LeastBytes = 32;

    /// <summary>A hello, which has the token in it, has 4,096 bytes at most.</summary>
    private const int LongestToken = 2048;

    private readonly byte[][] _keys;

    /// <summary>Takes keys.</summary>
    /// <param name="keys">The keys, 32 bytes or more each; they are copied.</param>
    /// <exception cref="ArgumentException">There is none, or one is too short.</exception>
    public ViewerKeys(params IReadOnlyList<ReadOnlyMemory<byte>> keys)
    {
        if (keys.Count == 0 || keys.Any(k => k.Length < LeastBytes))
        {
            throw new ArgumentException($"at least one key is needed, of {LeastBytes} bytes or more", nameof(keys));
        }

        _keys = [.. keys.Select(k => k.ToArray())];
    }

    /// <summary>A new key as it stands in a file: 32 random bytes in base64url.</summary>
    public static string MakeKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(LeastBytes));

    /// <summary>Reads a file of keys, one a line in base64url; the first one signs.</summary>
    /// <exception cref="LiveStreamServerException">It cannot be read, or a line is no key.</exception>
    public static ViewerKeys FromFile(string path)
    {
        try
        {
            var lines = File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0).ToList();
            return lines.Count > 0 && lines.All(l => Base64Url.IsValid(l, out var length) && length >= LeastBytes)
                ? new ViewerKeys([.. lines.Select(l => (ReadOnlyMemory<byte>)Base64Url.DecodeFromChars(l))])
                : throw new LiveStreamServerException($"{DisplayText.Clean(path)} holds no viewer key of {LeastBytes} bytes in base64url on each line; make one with 'knsock token --new-key FILE'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LiveStreamServerException($"the viewer keys in {DisplayText.Clean(path)} cannot be read ({DisplayText.Clean(e.Message)}); make some with 'knsock token --new-key FILE'", e);
        }
    }

    /// <summary>Makes a token.</summary>
    /// <exception cref="ArgumentException">It would be longer than one may be: too many channels.</exception>
    public string Issue(ViewerGrant grant)
    {
        var signed = TokenText.Write(grant);
        var token = $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_keys[0], System.Text.Encoding.ASCII.GetBytes(signed)))}";
        return token.Length <= LongestToken
            ? token
            : throw new ArgumentException($"a token has {LongestToken} characters at most, and this one would have {token.Length}; name fewer channels, or {ViewerGrant.AllChannels} for all", nameof(grant));
    }

    /// <summary>Whether a token is signed with one of the keys, and what it gives, whether or not its time is up.</summary>
    internal bool TryRead(string token, [NotNullWhen(true)] out ViewerGrant? grant)
    {
        grant = null;
        var end = token.Length <= LongestToken ? token.LastIndexOf('.') : -1;
        return end > 0 && IsSigned(token.AsSpan(0, end), token.AsSpan(end + 1)) && TokenText.TryRead(token.AsSpan(0, end), out grant);
    }

    /// <summary>How long it takes says nothing of how much of a signature is right, nor of which key.</summary>
    private bool IsSigned(ReadOnlySpan<char> signed, ReadOnlySpan<char> signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Base64Url.IsValid(signature, out var length) || length != given.Length || !Base64Url.TryDecodeFromChars(signature, given, out _))
        {
            return false;
        }

        var text = System.Text.Encoding.UTF8.GetBytes(signed.ToArray());
        var isRight = false;
        Span<byte> right = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in _keys)
        {
            HMACSHA256.HashData(key, text, right);
            isRight |= CryptographicOperations.FixedTimeEquals(right, given);
        }

        return isRight;
    }
}
