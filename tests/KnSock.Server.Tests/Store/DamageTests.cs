using System.Buffers.Binary;
using System.Security.Cryptography;
using KnSock.Protocol;
using KnSock.Server.Store;

namespace KnSock.Server.Tests.Store;

/// <summary>Whatever becomes of a file, what is read is exactly what was put, or nothing.</summary>
public sealed class DamageTests
{
    private const int SmallUnit = 40;

    [Fact]
    public async Task EveryCutAndEveryFlippedBitIsFound()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        var path = StoreLayout.GopPath(rendition.Folder, 3);
        await rendition.PutAsync(3, TestStore.Media(3, unitBytes: SmallUnit), PutPurpose.Watched, CancellationToken.None);
        var whole = await File.ReadAllBytesAsync(path);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, length));
            await AssertGoneAsync(rendition, 3, $"cut to {length} bytes");
        }

        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, whole);
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            await AssertGoneAsync(rendition, 3, $"bit {bit} flipped");
        }

        File.WriteAllBytes(path, whole);
        TestStore.AssertSame(TestStore.Media(3, unitBytes: SmallUnit), await rendition.ReadAsync(3, CancellationToken.None));
        Assert.Equal(whole.Length * 9, store.Figures["reads damaged"]);
    }

    [Fact]
    public async Task RandomDamageIsFound()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var store = new TestStore();
        StoredRendition[] renditions = [store.Open(), store.Open("480p"), store.Open(source: "b")];
        for (var round = 0; round < 600; round++)
        {
            foreach (var rendition in renditions)
            {
                for (var gop = 0; gop < 3; gop++)
                {
                    if (!rendition.Has(gop))
                    {
                        await TestStore.PutAsync(rendition, gop);
                    }
                }
            }

            var (hit, index) = (random.Next(3), random.Next(3));
            var path = StoreLayout.GopPath(renditions[hit].Folder, index);
            var what = Damage(random, path, renditions);
            var read = await renditions[hit].ReadAsync(index, CancellationToken.None);
            Assert.True(read is null || TestStore.IsSame(TestStore.Media(index), read), $"seed {seed}, round {round}: {what} gave something else");
            Assert.True(read is not null || !File.Exists(path), $"seed {seed}, round {round}: {what} was left in place");
        }

        Assert.InRange(store.Figures["reads damaged"], 400, 600);
    }

    [Fact]
    public async Task AFileUnderAnothersNameIsRefused()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        using var other = store.Open("480p");
        foreach (var gop in (int[])[0, 1, 2])
        {
            await TestStore.PutAsync(rendition, gop);
            await TestStore.PutAsync(other, gop);
        }

        File.Copy(StoreLayout.GopPath(rendition.Folder, 1), StoreLayout.GopPath(rendition.Folder, 0), overwrite: true);
        File.Copy(StoreLayout.GopPath(other.Folder, 2), StoreLayout.GopPath(rendition.Folder, 2), overwrite: true);
        await AssertGoneAsync(rendition, 0, "another GOP");
        await AssertGoneAsync(rendition, 2, "another rendition's");
        TestStore.AssertSame(TestStore.Media(1), await rendition.ReadAsync(1, CancellationToken.None));
    }

    [Theory]
    [InlineData(28, int.MaxValue)]
    [InlineData(28, -1)]
    [InlineData(28, TestStore.UnitsOfGop + 1)]
    [InlineData(28, TestStore.UnitsOfGop - 1)]
    [InlineData(28, 0)]
    [InlineData(32, int.MaxValue)]
    [InlineData(32, -1)]
    [InlineData(32, 0)]
    public async Task ANumberInAHeaderThatIsWholeIsNotBelievedEither(int offset, int value)
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        await TestStore.PutAsync(rendition, 0);
        var path = StoreLayout.GopPath(rendition.Folder, 0);
        var file = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(offset), value);
        Seal(file);
        File.WriteAllBytes(path, file);

        var before = GC.GetAllocatedBytesForCurrentThread();
        GopReader.Read(rendition.Folder, Convert.FromHexString(rendition.Key.Id), 0, out _, out var damage);
        Assert.NotNull(damage);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        await AssertGoneAsync(rendition, 0, $"{value} at {offset}");
    }

    [Fact]
    public async Task FramesThatAreNoGopAreRefusedThoughTheSealHolds()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        await TestStore.PutAsync(rendition, 0);
        var path = StoreLayout.GopPath(rendition.Folder, 0);
        var whole = File.ReadAllBytes(path);

        // Kind, flags and rendition of the first frame; then a frame's payload; then bytes behind the last frame.
        foreach (var (at, value) in ((int, byte)[])[(5, 3), (6, 1), (7, 1), (5, 4)])
        {
            var file = whole.ToArray();
            file[GopFile.HeaderSize + at] = value;
            var header = file.AsSpan(GopFile.HeaderSize, FrameHeader.Size);
            BinaryPrimitives.WriteUInt32BigEndian(header[40..], FrameHeader.Checksum(header[..40]));
            await WriteAndAssertGoneAsync(file);
        }

        var changed = whole.ToArray();
        changed[^1] ^= 1;
        await WriteAndAssertGoneAsync(changed);
        byte[] longer = [.. whole, 0];
        BinaryPrimitives.WriteInt32BigEndian(longer.AsSpan(32), longer.Length - GopFile.HeaderSize);
        await WriteAndAssertGoneAsync(longer);

        async Task WriteAndAssertGoneAsync(byte[] file)
        {
            Seal(file);
            await File.WriteAllBytesAsync(path, file);
            await AssertGoneAsync(rendition, 0, "a sealed file");
        }
    }

    [Fact]
    public async Task AGopThatWouldNotComeBackIsNotTaken()
    {
        await using var store = new TestStore();
        using var rendition = store.Open();
        var media = TestStore.Media(0);
        var unit = media.Units[0];
        StoredGop[] odd =
        [
            new(Make.AudioSetup, [unit]),
            new(media.Configuration, [unit with { Duration = TimeSpan.FromHours(2) }]),
            new(media.Configuration, [unit with { Duration = TimeSpan.FromSeconds(-1) }]),
            new(media.Configuration, [unit with { Pts = new Media.Timestamp(long.MaxValue) }]),
            new(media.Configuration, [unit with { Payload = new byte[ProtocolLimits.MaxPayload + 1] }]),
            new(media.Configuration, [.. Enumerable.Repeat(unit with { Payload = new byte[ProtocolLimits.MaxPayload] }, 8)]),
            new(media.Configuration with { Codec = "" }, [unit]),
            new(media.Configuration with { Setup = new byte[ConfigurationPayload.MaxSize] }, [unit]),
            new(Make.VideoSetup() with { Width = 0 }, [unit]),
        ];
        foreach (var gop in odd)
        {
            Assert.False(await rendition.PutAsync(0, gop, PutPurpose.Watched, CancellationToken.None));
        }

        Assert.Equal(odd.Length, store.Figures["writes failed"]);
        Assert.Equal(StoreState.Ready, store.Store.State);
        Assert.Empty(await TestStore.PresentAsync(rendition));
    }

    private static async Task AssertGoneAsync(StoredRendition rendition, int gop, string what)
    {
        Assert.True(await rendition.ReadAsync(gop, CancellationToken.None) is null, $"{what}: it was read");
        Assert.False(File.Exists(StoreLayout.GopPath(rendition.Folder, gop)), $"{what}: it is still there");
        Assert.False(rendition.Has(gop));
    }

    private static void Seal(byte[] file)
    {
        var hash = SHA256.HashData([.. file.AsSpan(0, 36), .. file.AsSpan(GopFile.HeaderSize)]);
        hash.CopyTo(file, 36);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(68), FrameHeader.Checksum(file.AsSpan(0, 68)));
    }

    private static string Damage(Random random, string path, StoredRendition[] renditions)
    {
        var file = File.ReadAllBytes(path);
        switch (random.Next(6))
        {
            case 0:
                var length = random.Next(file.Length);
                File.WriteAllBytes(path, file.AsSpan(0, length));
                return $"a cut to {length}";
            case 1:
                var bits = Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(file.Length * 8)).ToList();
                bits.ForEach(b => file[b / 8] ^= (byte)(1 << (b % 8)));
                File.WriteAllBytes(path, file);
                return $"flipping bits {string.Join(' ', bits)}";
            case 2:
                var (start, count) = (random.Next(file.Length / 512) * 512, 512 << random.Next(4));
                file.AsSpan(start, Math.Min(count, file.Length - start)).Clear();
                File.WriteAllBytes(path, file);
                return $"zeroing {count} bytes at {start}";
            case 3:
                File.WriteAllBytes(path, [.. file, .. new byte[random.Next(1, 5000)]]);
                return "bytes behind the end";
            case 4:
                var from = StoreLayout.GopPath(renditions[random.Next(3)].Folder, random.Next(3));
                if (from != path)
                {
                    File.Copy(from, path, overwrite: true);
                }

                return $"a copy of {from}";
            default:
                random.NextBytes(file.AsSpan(random.Next(file.Length)));
                File.WriteAllBytes(path, file);
                return "random bytes from a point on";
        }
    }
}
