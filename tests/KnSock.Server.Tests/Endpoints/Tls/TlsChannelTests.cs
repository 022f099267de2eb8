using System.Net.Security;
using System.Net.Sockets;
using KnSock.Server.Access;
using KnSock.Server.Endpoints.Sockets;
using KnSock.Server.Endpoints.Tls;
using KnSock.Server.Loops;
using KnSock.Server.Tests.Access;
using KnSock.Server.Tests.Loops;
using Microsoft.Extensions.Logging.Abstractions;

namespace KnSock.Server.Tests.Endpoints.Tls;

/// <summary>TLS without waiting, on a real connection that has little room.</summary>
public sealed class TlsChannelTests : IDisposable
{
    private readonly TestCertificate _files = new();
    private readonly SocketPair _pair = new();
    private readonly WaitingBytes _waiting = new(1 << 20);

    public void Dispose()
    {
        _pair.Dispose();
        _files.Dispose();
    }

    /// <summary>What does not go out is given again, as a sender does: the rest of what was cut comes first.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task EveryByteArrivesOnceAndInOrderHoweverLittleRoomThereIs(int seed, bool allowsMore)
    {
        var (channel, client) = await ConnectAsync();
        channel.AllowsMore = allowsMore;
        var random = new Random(seed);
        var all = new byte[1_500_000];
        random.NextBytes(all);
        var reading = Task.Run(async () =>
        {
            var got = new byte[all.Length];
            await client.ReadExactlyAsync(got);
            return got;
        });
        var segments = new Segments();
        for (var at = 0; at < all.Length;)
        {
            var wanted = Math.Min(all.Length - at, 1 + random.Next(random.Next(4) == 0 ? 200_000 : 900));
            int taken;
            if (random.Next(3) == 0)
            {
                taken = channel.Send(all.AsSpan(at, wanted));
            }
            else
            {
                segments.Clear();
                for (int i = 0, from = at; i < Segments.Most; i++)
                {
                    var length = i == Segments.Most - 1 ? at + wanted - from : Math.Min(random.Next(wanted), at + wanted - from);
                    segments.Add(all.AsMemory(from, length), i);
                    from += length;
                }

                taken = channel.Send(segments);
            }

            Assert.InRange(taken, 0, wanted);
            Assert.InRange(_waiting.Bytes, 0, 200_000);
            at += taken;
            if (taken < wanted)
            {
                await Task.Delay(1);
            }
        }

        await Eventually.TrueAsync(() => reading.IsCompleted);
        Assert.Equal(all, await reading);
        Assert.True(channel.Sent > all.Length);
        channel.Dispose();
        Assert.Equal(0, _waiting.Bytes);
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
    }

    /// <summary>To one that reads nothing a piece is kept, no more, however often it is tried; and it is let go of with the connection.</summary>
    [Fact]
    public async Task OneThatReadsNothingCostsAPiece()
    {
        var (channel, _) = await ConnectAsync();
        var taken = 0L;
        for (var i = 0; i < 1000; i++)
        {
            taken += channel.Send(new byte[10_000]);
        }

        Assert.InRange(taken, 1, 9_000_000);
        Assert.InRange(_waiting.Bytes, 1, 32 * 1024);
        channel.Dispose();
        Assert.Equal(0, _waiting.Bytes);
    }

    [Fact]
    public async Task WhatComesInPiecesIsReadWhenItIsThere()
    {
        var (channel, client) = await ConnectAsync();
        var (got, room) = (new List<byte>(), new byte[16 * 1024]);
        Assert.True(Receive());
        Assert.Empty(got);
        var random = new Random(5);
        var sent = new byte[300_000];
        random.NextBytes(sent);
        var writing = Task.Run(async () =>
        {
            for (var at = 0; at < sent.Length;)
            {
                var length = Math.Min(1 + random.Next(random.Next(2) == 0 ? 40_000 : 100), sent.Length - at);
                await client.WriteAsync(sent.AsMemory(at, length));
                at += length;
            }
        });
        await Eventually.TrueAsync(() => Receive() && got.Count == sent.Length);
        await writing;
        Assert.Equal(sent, got);

        // Both ways at once, while a read waits.
        Assert.Equal(3, channel.Send("abc"u8));
        var back = new byte[3];
        await client.ReadExactlyAsync(back);
        Assert.Equal("abc"u8.ToArray(), back);

        await client.ShutdownAsync();
        await Eventually.TrueAsync(() => !Receive());
        channel.Dispose();

        bool Receive() => channel.Receive(room, got, static (to, bytes) => to.AddRange(bytes));
    }

    /// <summary>A session that hears its viewer later is told of much only, and looks by itself now and then.</summary>
    [Fact]
    public async Task WhatIsTooLittleToBeToldOfIsReadWhenItIsLookedFor()
    {
        var (channel, client) = await ConnectAsync();
        var got = new List<byte>();
        TcpInfo.ReportReadableFrom(_pair.Ours, 3072);
        await client.WriteAsync("abc"u8.ToArray());
        await Eventually.TrueAsync(() => channel.Receive(new byte[100], got, static (to, bytes) => to.AddRange(bytes)) && got.Count == 3);
        channel.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task WhatIsNotEncryptedRightBreaksTheConnection(int seed)
    {
        var (channel, client) = await ConnectAsync();
        await client.WriteAsync("abc"u8.ToArray());
        var random = new Random(seed);
        var bytes = new byte[2000];
        random.NextBytes(bytes);
        // The head of a record of data, so that it is taken for one.
        (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]) = (23, 3, 3, 0, (byte)(seed == 1 ? 0 : 100));
        await _pair.Theirs.SendAsync(bytes);
        var got = new List<byte>();
        await Eventually.TrueAsync(() =>
        {
            try
            {
                return !channel.Receive(new byte[100], got, static (to, b) => to.AddRange(b));
            }
            catch (IOException)
            {
                return true;
            }
        });
        // What came before may or may not have been given out; what came after is not.
        Assert.True(got.Count is 0 or 3);
        channel.Dispose();
    }

    [Fact]
    public async Task AConnectionThatBreaksIsTold()
    {
        var (channel, _) = await ConnectAsync();
        Assert.True(channel.Receive(new byte[100], 0, static (_, _) => { }));
        _pair.Reset();
        await Eventually.TrueAsync(() =>
        {
            try
            {
                channel.Send(new byte[1000]);
                return !channel.Receive(new byte[100], 0, static (_, _) => { });
            }
            catch (IOException)
            {
                return true;
            }
        });
        channel.Dispose();
    }

    private async Task<(TlsChannel Channel, SslStream Client)> ConnectAsync()
    {
        var client = new SslStream(new NetworkStream(_pair.Theirs));
        var certificate = new ServerCertificate(_files.Options, NullLogger.Instance);
        var shaking = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, c, _, _) => c is not null });
        var channel = await TlsChannel.AcceptAsync(_pair.Ours, certificate.ForConnection(), _waiting, CancellationToken.None);
        await shaking;
        channel.StopWaiting();
        return (channel, client);
    }
}
