using KnSock.Client.Tests.Server;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Tests;

/// <summary>Servers that flood, and what is changed on the way.</summary>
[Collection(nameof(LoopbackTests))]
public sealed class DamagedStreamTests : LoopbackTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Damage_on_the_way_never_reaches_the_decoder(int seed, bool shared)
    {
        var (random, pictures) = (new Random(seed), new List<double>());
        await using var server = new FakeServer { OffersSharedAudio = shared };
        server.Damage = bytes =>
        {
            lock (random)
            {
                if (random.Next(50) > 0)
                {
                    return bytes;
                }

                var damaged = bytes.ToArray();
                if (Protocol.FrameHeader.TryRead(bytes, out var header)
                    && header.Kind == Protocol.FrameKind.AccessUnit
                    && !header.Flags.HasFlag(Protocol.FrameFlags.Audio))
                {
                    pictures.Add(header.Pts.TotalSeconds);
                }

                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return random.Next(3) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            }
        };
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);

        var statistics = await PlayForAsync(client, channels[0], TimeSpan.FromSeconds(4));

        Assert.Equal(0, Decoder.Broken);
        Assert.Empty(statistics.Errors);
        Assert.InRange(statistics.FramesPresented, 25, 120);
        // What is hit is drawn by lot, and what was read ahead was not due yet: only a picture that others were shown around was missed.
        var missed = pictures.Count(hit => hit > Video.Shown[0].Pts.TotalSeconds && hit < Video.Shown[^1].Pts.TotalSeconds);
        Assert.True(statistics.FramesDropped >= missed, $"{missed} pictures were hit, {statistics.FramesDropped} dropped");
        Assert.Equal(1, server.SessionsBegun);
    }

    [Theory]
    [InlineData(false, Protocol.FrameFlags.None)]
    [InlineData(true, Protocol.FrameFlags.None)]
    [InlineData(true, Protocol.FrameFlags.Audio)]
    public async Task A_configuration_lost_to_damage_is_asked_for_anew(bool shared, Protocol.FrameFlags track)
    {
        var left = 1;
        await using var server = new FakeServer { OffersSharedAudio = shared };
        server.Damage = bytes => bytes[5] == (byte)Protocol.FrameKind.Configuration && bytes[6] == (byte)track && Interlocked.Decrement(ref left) >= 0 ? [] : bytes;
        await using var client = new LiveStreamClient(server.Options);
        var channels = await client.ConnectAsync(CancellationToken.None);

        var statistics = await PlayForAsync(client, channels[0], TimeSpan.FromSeconds(3));

        Assert.Equal(2, server.Received.OfType<Select>().Count());
        Assert.True(statistics.FramesPresented > 30, $"{statistics.FramesPresented} pictures");
        Assert.Equal(0, statistics.Stalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_floods_is_held_back(bool shared)
    {
        await using var server = new FakeServer(new SyntheticChannel(0, "large", pictureBytes: 40_000)) { Floods = true, OffersSharedAudio = shared };
        await using var client = new LiveStreamClient(server.Options with { MaxBuffer = TimeSpan.FromSeconds(2) });
        var channels = await client.ConnectAsync(CancellationToken.None);

        var statistics = await PlayForAsync(client, channels[0], TimeSpan.FromSeconds(2));

        Assert.InRange(statistics.VideoBufferSeconds, 4, 7);
        Assert.InRange(statistics.BytesReceived, 1, 30 * 40_000 * 10);
        Assert.Equal(0, statistics.Stalls);
    }
}
