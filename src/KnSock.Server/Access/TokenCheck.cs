using System.Diagnostics.CodeAnalysis;

namespace KnSock.Server.Access;

/// <summary>Whom a server lets in.</summary>
/// <param name="keys">Keys of the tokens. Null: no tokens are asked for, and everybody is let in.</param>
/// <param name="clock">The server's clock.</param>
internal sealed class TokenCheck(ViewerKeys? keys, ServerClock clock)
{
    /// <summary>What is said in place of the token to one whose time is up.</summary>
    public const string Expired = "the viewer token has expired; get a new one";

    /// <summary>The code of all refusals for want of a token.</summary>
    public const string Code = "token";

    /// <summary>Whether tokens are asked for.</summary>
    public bool IsOn => keys is not null;

    /// <summary>Lets a viewer in, or says why not.</summary>
    /// <param name="token">What it showed. Null or empty: nothing.</param>
    /// <param name="admission">What it is let in to. Null, though it is let in: to everything for good.</param>
    /// <param name="refusal">Why not, a sentence for people.</param>
    public bool TryAdmit(string? token, out Admission? admission, [NotNullWhen(false)] out string? refusal)
    {
        (admission, refusal) = (null, null);
        if (keys is null)
        {
            return true;
        }

        if (string.IsNullOrEmpty(token))
        {
            refusal = "this server asks for a viewer token";
        }
        else if (!keys.TryRead(token, out var grant))
        {
            refusal = "the viewer token is none of this server's";
        }
        else if (grant.Expires - clock.Provider.GetUtcNow() is var left && left <= TimeSpan.Zero)
        {
            refusal = Expired;
        }
        else
        {
            admission = new Admission(grant, left < TimeSpan.MaxValue - clock.Elapsed ? clock.Elapsed + left : TimeSpan.MaxValue);
        }

        return refusal is null;
    }
}
