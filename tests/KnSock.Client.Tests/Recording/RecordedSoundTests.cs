using KnSock.Client.Recording;
using KnSock.Media;

namespace KnSock.Client.Tests.Recording;

public sealed class RecordedSoundTests
{
    private const int Rate = 48_000;
    private const double UnitMs = 1024 * 1000.0 / Rate;

    [Theory]
    [InlineData(238_638.4)]
    [InlineData(49_649.6)]
    [InlineData(1024 * 50)]
    [InlineData((1024 * 50) + 0.2)]
    [InlineData((1024 * 50) + 512)]
    [InlineData(300)]
    public void Played_end_to_end_it_stays_in_its_place_over_a_thousand_turns(double turnSamples)
    {
        var (sound, heard, start) = (new RecordedSound(), 0L, (Timestamp?)null);
        for (var turn = 0; turn < 1000; turn++)
        {
            var (from, to) = (At(turn * turnSamples), At((turn + 1) * turnSamples));
            for (var unit = 0; unit * 1024 < turnSamples; unit++)
            {
                var (pts, end) = (At((turn * turnSamples) + (unit * 1024)), Timestamp.Min(to, At((turn * turnSamples) + ((unit + 1) * 1024))));
                if (sound.Place(Unit(unit, pts, end), Rate) is not { } placed)
                {
                    continue;
                }

                start ??= placed.Pts;
                // Where one ends that counts samples is where the file says that the next begins.
                Assert.Equal(start.Value + Timestamp.FromUnits(heard * 1024, Rate).SinceZero, placed.Pts);
                Assert.InRange((placed.Pts - pts).TotalMilliseconds, (-UnitMs / 2) - 0.01, (UnitMs / 2) + 0.01);
                heard++;
            }

            Assert.True(to > from);
        }

        Assert.Equal(1000 * turnSamples / 1024, heard, 2.0);
    }

    [Fact]
    public void Behind_a_gap_it_begins_where_it_belongs()
    {
        var sound = new RecordedSound();
        Assert.Equal(At(0), sound.Place(Unit(0, At(0), At(1024)), Rate)!.Pts);
        Assert.Equal(At(1024), sound.Place(Unit(1, At(1024), At(2048)), Rate)!.Pts);
        Assert.Equal(At(4000), sound.Place(Unit(3, At(4000), At(5024)), Rate)!.Pts);
    }

    private static Timestamp At(double sample) => Timestamp.FromSeconds(sample / Rate);

    private static AccessUnit Unit(int number, Timestamp pts, Timestamp end) => new()
    {
        Kind = TrackKind.Audio,
        Sequence = (uint)number,
        Pts = pts,
        Dts = pts,
        Duration = end - pts,
        IsKeyframe = true,
        Payload = new byte[4],
    };
}
