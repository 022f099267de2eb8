using KnSock.Client.Playout;

namespace KnSock.Client.Tests.Playout;

public sealed class ConcealmentTests
{
    private const int Rate = 48_000;

    /// <summary>A tone that is written in blocks of any size goes on without a jump and dies away.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(2880)]
    [InlineData(5000)]
    public void It_follows_without_a_jump_and_dies_away(int block)
    {
        var concealment = new Concealment(Rate, channels: 2);
        var tone = Tone(9_600);
        for (var at = 0; at < tone.Length; at += 2 * block)
        {
            concealment.Note(tone.AsSpan(at, Math.Min(2 * block, tone.Length - at)));
        }

        var fade = concealment.Fade().ToArray();
        Assert.Equal(2 * Rate * 60 / 1000, fade.Length);
        float[] whole = [.. tone, .. fade, 0, 0];
        for (var i = 2; i < whole.Length; i++)
        {
            // The tone's own steps are no larger than this.
            Assert.InRange(Math.Abs(whole[i] - whole[i - 2]), 0, 0.06);
        }

        for (var i = 0; i < fade.Length; i++)
        {
            Assert.InRange(Math.Abs(fade[i]), 0, 1.001 - ((i / 2) / (fade.Length / 2.0)));
        }
    }

    [Fact]
    public void Of_little_there_is_little_and_of_nothing_nothing()
    {
        var concealment = new Concealment(Rate, channels: 2);
        Assert.Equal(0, concealment.Fade().Length);
        concealment.Note(Tone(10));
        Assert.Equal(20, concealment.Fade().Length);
        Assert.Equal(0, concealment.Fade().Length);
        concealment.Note(Tone(10));
        concealment.Reset();
        Assert.Equal(0, concealment.Fade().Length);
    }

    private static float[] Tone(int frames) => [.. Enumerable.Range(0, frames).SelectMany(i => Enumerable.Repeat((float)Math.Sin(2 * Math.PI * 440 * i / Rate), 2))];
}
