using KnSock.Media;
using KnSock.Server.Encoding;
using KnSock.Server.Sources;
using KnSock.Server.Store;

namespace KnSock.Server.Tests.Encoding;

/// <summary>Real files that change under a real encoder, or were damaged before: what is there of them is either all that was promised or a reason.</summary>
public sealed class SourceFaultTests(SmallVideos videos) : IClassFixture<SmallVideos>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knsock-fault-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("deleted")]
    [InlineData("truncated")]
    [InlineData("replaced")]
    [InlineData("overwritten")]
    public async Task AFileThatChangesWhileItIsServedIsNamedAtTheNextUnit(string fault)
    {
        var (encoder, timeline, path) = await EncoderAsync();
        var made = 0;

        var e = await Assert.ThrowsAsync<EncoderException>(async () =>
        {
            await foreach (var _ in encoder.EncodeAsync(Run(timeline), CancellationToken.None))
            {
                if (++made == 10)
                {
                    await HarmAsync(path, fault);
                }
            }
        });

        Assert.Equal(10, made);
        Assert.Contains("was changed or removed while it was served", e.Message, StringComparison.Ordinal);
    }

    /// <summary>ffmpeg ends with 0 whatever it had to leave out, so what counts is how many frames came.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AFileThatWasDamagedBeforeGivesEveryFrameOrAReason(int seed)
    {
        var random = new Random(seed);
        var (encoder, timeline, _) = await EncoderAsync(bytes =>
        {
            // Not the index, without which it would be no video at all.
            var (from, to) = (bytes.AsSpan().IndexOf("mdat"u8) + 4, bytes.AsSpan().LastIndexOf("moov"u8));
            for (var i = 0; i < 400; i++)
            {
                bytes[random.Next(from, to > from ? to : bytes.Length)] = (byte)random.Next(256);
            }
        });
        var made = new List<AccessUnit>();
        try
        {
            await foreach (var unit in encoder.EncodeAsync(Run(timeline), CancellationToken.None))
            {
                made.Add(unit.Unit);
            }

            Assert.Equal(timeline.FrameCount, made.Count);
        }
        catch (EncoderException e)
        {
            Assert.True(e.Message.Length > 10, e.Message);
        }

        Assert.Equal(Enumerable.Range(0, made.Count), made.Select(u => (int)u.Sequence));
    }

    private static async Task HarmAsync(string path, string fault)
    {
        switch (fault)
        {
            case "deleted":
                File.Delete(path);
                break;
            case "truncated":
                await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                {
                    file.SetLength(file.Length / 2);
                }

                break;
            case "replaced":
                await File.WriteAllTextAsync(path + ".new", "another");
                File.Move(path + ".new", path, overwrite: true);
                break;
            default:
                await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                {
                    file.Position = file.Length / 2;
                    await file.WriteAsync(new byte[4096]);
                }

                break;
        }
    }

    private async Task<(RenditionEncoder Encoder, LoopTimeline Timeline, string Path)> EncoderAsync(Action<byte[]>? damage = null)
    {
        var bytes = await File.ReadAllBytesAsync(await videos.PathOfAsync("plain.mp4"));
        damage?.Invoke(bytes);
        var path = Path.Combine(_folder, "film.mp4");
        await File.WriteAllBytesAsync(path, bytes);
        var source = (await videos.ProbeAsync("plain.mp4")) with { Path = path };
        var identity = await SourceIdentity.ReadAsync(path, CancellationToken.None);
        var timeline = new LoopTimeline(source.Video.FrameRate, source.Video.Duration, TimeSpan.FromSeconds(1), Make.SampleRate);
        return (new RenditionEncoder(await SmallVideos.ToolsAsync(), source, timeline, new EncoderSettings { IsUnchanged = () => identity.StillHolds(path) }), timeline, path);
    }

    private static EncoderRun Run(LoopTimeline timeline) => new() { Renditions = [Make.Rung()], FirstGop = 0, EndGop = timeline.GopCount };
}
