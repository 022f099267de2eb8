using KnSock.Fanout.Framing;
using KnSock.Fanout.Load;
using KnSock.Media;
using KnSock.Protocol;

namespace KnSock.Fanout.Tests;

public sealed class RecordingTests
{
    private const int PicturesPerGop = 30;
    private const int Gops = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_cut_out_can_be_sent_over_and_over(bool isShared)
    {
        var (video, audio) = Received(isShared);
        var cut = Recording.TryCut(video, audio, seconds: 3);
        Assert.NotNull(cut);
        var path = Path.GetTempFileName();
        try
        {
            await cut.WriteAsync(path, CancellationToken.None);
            var read = Recording.Read(path);
            Assert.Equal(cut.Length, read.Length);
            Assert.Equal(cut.Bytes.ToArray(), read.Bytes.ToArray());
            Assert.Equal(cut.Due, read.Due);
        }
        finally
        {
            File.Delete(path);
        }

        // Whole GOPs, and as much sound.
        Assert.Equal(TimeSpan.FromMicroseconds(4 * PicturesPerGop * SentFrames.PictureMicroseconds), cut.Length);
        Assert.Equal(cut.Bytes.Length, cut.Due[^1].End);
        Assert.Equal(cut.Due.OrderBy(d => d.Due), cut.Due);
        Assert.InRange(cut.Due[^1].Due, 0, (long)cut.Length.TotalMicroseconds + (3 * SentFrames.PictureMicroseconds));

        var receiver = new MediaReceiver(target: 200_000, (long)cut.Length.TotalMicroseconds);
        var verifier = new FrameVerifier(ConnectionTracks.Shared, isLooped: true);
        receiver.Begin(now: 0);
        for (var pass = 0; pass < 3; pass++)
        {
            Send(cut, pass, verifier, receiver);
        }

        // 120 pictures and, rounded, 200 units of sound a pass; none of them late, over the seams too.
        Assert.InRange(receiver.Units, 3 * 319, 3 * 321);
        Assert.Equal(0, receiver.Playout.Stalls);
        var spread = new SpreadHistogram();
        receiver.Spread.AddTo(spread);
        Assert.InRange(spread.Count, 600, 3 * 321);
        Assert.Equal(0, spread.CountFrom(1));
    }

    [Fact]
    public void Too_little_is_not_cut()
    {
        var (video, audio) = Received(isShared: false);
        Assert.Null(Recording.TryCut(video, audio, seconds: 20));
        Assert.Null(Recording.TryCut(video, ReadOnlyMemory<byte>.Empty, seconds: 3));
        Assert.Null(Recording.TryCut(ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty, seconds: 3));
    }

    /// <summary>Each frame when it is due, and it is never late: all units have the same delay.</summary>
    private static void Send(Recording recording, int pass, FrameVerifier verifier, MediaReceiver receiver)
    {
        var (start, length) = (0, (long)recording.Length.TotalMicroseconds);
        foreach (var (due, end) in recording.Due)
        {
            var bytes = recording.Bytes.Span[start..end];
            start = end;
            Assert.True(verifier.TryRead(ref bytes, out var frame));
            Assert.True(bytes.IsEmpty);
            receiver.Take(frame, (pass * length) + due);
        }
    }

    private static (byte[] Video, byte[] Audio) Received(bool isShared)
    {
        var greeting = "{\"videos\":[]}\n"u8.ToArray();
        var picture = new SentFrames().Start();
        var sound = isShared ? picture : new SentFrames();
        sound.SoundStart();
        uint units = 0;
        for (uint n = 0; n < PicturesPerGop * Gops; n++)
        {
            if (n % PicturesPerGop == 0 && n > 0)
            {
                picture.Mark();
            }

            picture.Picture(n, keyframe: n % PicturesPerGop == 0);
            for (; units * SentFrames.SoundMicroseconds < n * SentFrames.PictureMicroseconds; units++)
            {
                sound.Sound(units);
            }
        }

        return ([.. greeting, .. picture.Bytes], isShared ? [] : sound.Bytes);
    }
}
