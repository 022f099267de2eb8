using System.Buffers.Text;
using System.Security.Cryptography;
using KnSock.Server.Access;
using KnSock.Testing;

namespace KnSock.Server.Tests.Access;

public class ViewerKeysTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly ViewerKeys Keys = new(Key);
    private static readonly ViewerGrant Grant = new() { Channels = ["a.mp4", "ü \"b\".mkv"], Expires = DateTimeOffset.UnixEpoch.AddSeconds(1000) };

    [Fact]
    public void WhatWasIssuedIsReadAgain()
    {
        Assert.True(Keys.TryRead(Keys.Issue(Grant), out var read));
        Assert.Equal(Grant.Channels, read.Channels);
        Assert.Equal(Grant.Expires, read.Expires);
        Assert.True(read.Opens("a.mp4"));
        Assert.False(read.Opens("A.mp4"));
        Assert.False(read.OpensAll);
        Assert.True(new ViewerGrant { Channels = ["*"], Expires = default }.Opens("any"));
    }

    /// <summary>As a program with a library of its own would make it (RFC 7519), other claims included.</summary>
    [Fact]
    public void TokensOfOtherProgramsAreRead()
    {
        Assert.True(Keys.TryRead(Sign("""{"typ":"JWT","alg":"HS256"}""", """{"sub":"someone","exp":1000.7,"channels":["*"],"iat":1}"""), out var grant));
        Assert.True(grant.OpensAll);
        Assert.Equal(1000, grant.Expires.ToUnixTimeSeconds());
    }

    [Fact]
    public void EveryBitOfATokenCounts()
    {
        var token = Keys.Issue(Grant);
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in (char[])['A', 'B', '-', '.', '=', ' ', '\0', 'é'])
            {
                var forged = token[..i] + other + token[(i + 1)..];
                Assert.True(forged == token || !Keys.TryRead(forged, out _) || IsSameSignature(forged, token), $"{i} {other}");
            }
        }

        for (var length = 0; length < token.Length; length++)
        {
            Assert.False(Keys.TryRead(token[..length], out _));
        }

        Assert.False(Keys.TryRead(token + "A", out _));
        Assert.False(new ViewerKeys(RandomNumberGenerator.GetBytes(32)).TryRead(token, out _));
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", """{"exp":1000,"channels":["*"]}""")]
    [InlineData("""{"alg":"HS512"}""", """{"exp":1000,"channels":["*"]}""")]
    [InlineData("""{"alg":1}""", """{"exp":1000,"channels":["*"]}""")]
    [InlineData("""{"alg":"HS256","crit":["b64"],"b64":false}""", """{"exp":1000,"channels":["*"]}""")]
    [InlineData("""{"alg":"none","alg":"HS256"}""", """{"exp":1000,"channels":["*"]}""")]
    [InlineData("""["HS256"]""", """{"exp":1000,"channels":["*"]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"channels":["*"]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":"1000","channels":["*"]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":1e999,"channels":["*"]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":-1,"channels":["*"]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":1000}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":1000,"channels":"*"}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":1000,"channels":[1]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":1000,"channels":["\ud800"]}""")]
    [InlineData("""{"alg":"HS256"}""", """{"exp":1000,"channels":["*"]""")]
    [InlineData("""{"alg":"HS256"}""", "null")]
    public void WhatSaysSomethingElseIsNoneEvenIfItIsSigned(string header, string claims) => Assert.False(Keys.TryRead(Sign(header, claims), out _));

    [Fact]
    public void AllKeysAreGoodAndTheFirstOneSigns()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("knsock-keys-").FullName, "keys");
        var before = ViewerKeys.MakeKey();
        File.WriteAllText(path, $"{before}\n");
        var old = ViewerKeys.FromFile(path).Issue(Grant);
        File.WriteAllText(path, $"{ViewerKeys.MakeKey()}\n\n {before} \n");
        var both = ViewerKeys.FromFile(path);

        Assert.True(both.TryRead(old, out _));
        Assert.True(both.TryRead(both.Issue(Grant), out _));
        File.WriteAllText(path, before);
        Assert.False(ViewerKeys.FromFile(path).TryRead(both.Issue(Grant), out _));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("not base64url of 32 bytes, although it is long enough!")]
    public void AFileWithoutKeysIsNamed(string content)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, content);
        Assert.Contains(path, Assert.Throws<LiveStreamServerException>(() => ViewerKeys.FromFile(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains("cannot be read", Assert.Throws<LiveStreamServerException>(() => ViewerKeys.FromFile(path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ViewerKeys(new byte[31]));
        Assert.Throws<ArgumentException>(() => Keys.Issue(Grant with { Channels = [new string('a', 3000)] }));
    }

    [Fact]
    public void WhoIsLetInIsSoUntilTheTimeIsUp()
    {
        var time = new ManualTimeProvider();
        time.Advance(TimeSpan.FromSeconds(990));
        var clock = new ServerClock(time);
        var check = new TokenCheck(Keys, clock);

        Assert.True(check.TryAdmit(Keys.Issue(Grant), out var admission, out _));
        Assert.Equal(TimeSpan.FromSeconds(10), admission!.Until);
        Assert.False(check.TryAdmit(token: null, out _, out var none));
        Assert.Equal("this server asks for a viewer token", none);
        Assert.False(check.TryAdmit("a.b.c", out _, out var wrong));
        Assert.Equal("the viewer token is none of this server's", wrong);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(check.TryAdmit(Keys.Issue(Grant), out _, out var late));
        Assert.Equal(TokenCheck.Expired, late);
        Assert.True(check.TryAdmit(Keys.Issue(Grant with { Expires = DateTimeOffset.UnixEpoch.AddYears(7000) }), out admission, out _));
        Assert.True(admission!.Until > TimeSpan.FromDays(100_000));

        Assert.True(new TokenCheck(keys: null, clock).TryAdmit(token: null, out admission, out _));
        Assert.Null(admission);
    }

    /// <summary>The last character of base64url has bits that mean nothing.</summary>
    private static bool IsSameSignature(string forged, string token) =>
        forged[..^1] == token[..^1] && Base64Url.IsValid(forged.AsSpan(forged.LastIndexOf('.') + 1));

    private static string Sign(string header, string claims)
    {
        var text = $"{Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims))}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Key, System.Text.Encoding.ASCII.GetBytes(text)))}";
    }
}
