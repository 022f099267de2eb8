using KnSock.Client.Playout;
using KnSock.Media;
using static KnSock.Client.Tests.Playout.Units;

namespace KnSock.Client.Tests.Playout;

public sealed class JitterBufferTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(4);
    private readonly JitterBuffer _buffer = New();

    [Fact]
    public void Units_come_out_in_decoding_order_once()
    {
        foreach (var number in new[] { 0, 2, 1, 1, 0, 3 })
        {
            _buffer.Add(Picture(number));
        }

        Assert.Equal("0 1 2 3", Taken());
        Assert.Equal(JitterOutcome.Duplicate, _buffer.Add(Picture(3)));
    }

    [Fact]
    public void Units_of_another_selection_are_refused()
    {
        Assert.Equal(JitterOutcome.OtherSelection, _buffer.Add(Picture(0, selection: 2)));
        _buffer.Add(Picture(0));
        _buffer.Begin(2);
        Assert.Equal(JitterOutcome.OtherSelection, _buffer.Add(Picture(1)));
        Assert.Equal(0, _buffer.Count);
        Assert.Null(_buffer.Start);
    }

    [Fact]
    public void After_a_gap_pictures_wait_for_a_keyframe()
    {
        foreach (var number in new[] { 0, 1, 2, 4, 5, 10, 11 })
        {
            _buffer.Add(Picture(number));
        }

        Assert.Equal("0 1 2 10! 11", Taken());
        Assert.Equal(2, _buffer.Undecodable);
        Assert.Equal(5, _buffer.Missing);
    }

    [Fact]
    public void A_selection_begins_at_a_keyframe()
    {
        foreach (var number in new[] { 7, 8, 9, 10, 11 })
        {
            _buffer.Add(Picture(number));
        }

        Assert.Equal(At(10, 40), _buffer.Start);
        Assert.Equal("10! 11", Taken(first: true));
    }

    [Fact]
    public void Sound_goes_on_behind_a_gap()
    {
        foreach (var number in new[] { 0, 1, 4, 5 })
        {
            _buffer.Add(Sound(number));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(40), _buffer.Level(Timestamp.Zero));
        Assert.Equal(TimeSpan.FromMilliseconds(40), _buffer.Level(Ms(50)));
        Assert.Equal("0 1 4! 5", Taken());
    }

    [Fact]
    public void The_level_counts_what_was_given_out_and_ends_at_a_gap()
    {
        foreach (var number in new[] { 0, 1, 2, 3, 5, 10, 11 })
        {
            _buffer.Add(Picture(number));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(160), _buffer.Level(Timestamp.Zero));
        _buffer.TryTake(out _);
        _buffer.TryTake(out _);
        Assert.Equal(TimeSpan.FromMilliseconds(160), _buffer.Level(Timestamp.Zero));
        Assert.Equal(TimeSpan.FromMilliseconds(60), _buffer.Level(Ms(100)));
        Assert.Equal(TimeSpan.FromMilliseconds(80), _buffer.Level(Ms(170)));
        Assert.Equal(TimeSpan.Zero, _buffer.Level(Ms(480)));
        _buffer.Add(Picture(4));
        Assert.Equal(TimeSpan.FromMilliseconds(240), _buffer.Level(Timestamp.Zero));
    }

    [Fact]
    public void A_new_turn_continues_the_one_before()
    {
        _buffer.Add(Picture(0, turn: 0, turnPictures: 3));
        _buffer.Add(Picture(1, turn: 0, turnPictures: 3));
        _buffer.Add(Picture(2, turn: 0, turnPictures: 3));
        _buffer.Add(Picture(0, turn: 1, turnPictures: 3));
        _buffer.Add(Picture(1, turn: 1, turnPictures: 3));

        Assert.Equal(TimeSpan.FromMilliseconds(200), _buffer.Level(Timestamp.Zero));
        Assert.Equal("0 1 2 0 1", Taken());
    }

    [Fact]
    public void Another_rung_must_begin_with_a_keyframe()
    {
        _buffer.Add(Picture(0));
        _buffer.Add(Picture(1));
        _buffer.Add(Picture(2) with { Rendition = 1 });
        _buffer.Add(Picture(3) with { Rendition = 1 });
        _buffer.Add(Picture(10) with { Rendition = 1 });

        Assert.Equal("0 1 10!", Taken());
    }

    [Fact]
    public void A_gop_begun_again_in_another_rung_takes_the_place_of_what_came_of_it()
    {
        foreach (var number in (int[])[8, 9, 10, 11, 12, 13])
        {
            _buffer.Add(Picture(number));
        }

        Assert.Equal(JitterOutcome.Accepted, _buffer.Add(Picture(10) with { Rendition = 1 }));
        Assert.Equal(JitterOutcome.Accepted, _buffer.Add(Picture(11) with { Rendition = 1 }));

        Assert.True(_buffer.TryTake(out var first));
        Assert.Equal((10u, 1), (first.Unit.Sequence, first.Rendition));
        Assert.True(_buffer.TryTake(out var second));
        Assert.Equal((11u, 1), (second.Unit.Sequence, second.Rendition));
        Assert.False(_buffer.TryTake(out _));
    }

    [Fact]
    public void A_gop_begun_again_is_decoded_from_its_start_when_a_part_of_it_was_given_out()
    {
        foreach (var number in (int[])[0, 1, 2, 3])
        {
            _buffer.Add(Picture(number));
        }

        Assert.True(_buffer.TryTake(out _));
        Assert.True(_buffer.TryTake(out _));
        foreach (var number in (int[])[0, 1, 2, 3, 4])
        {
            Assert.Equal(JitterOutcome.Accepted, _buffer.Add(Picture(number) with { Rendition = 1 }));
        }

        Assert.Equal("0 1 2 3 4", Taken());
    }

    [Fact]
    public void Bytes_and_duration_are_bounded_even_for_empty_units()
    {
        var buffer = new JitterBuffer(Most, maxBytes: 10_000);
        buffer.Begin(1);
        var count = 0;
        while (buffer.Add(Picture(count, bytes: 0)) == JitterOutcome.Accepted)
        {
            count++;
        }

        Assert.InRange(count, 1, 10);
        Assert.True(buffer.TryTake(out _));
        Assert.Equal(JitterOutcome.Accepted, buffer.Add(Picture(count, bytes: 0)));
    }

    [Fact]
    public void It_knows_where_media_goes_on_behind_a_gap()
    {
        foreach (var number in Enumerable.Range(0, 5).Concat(Enumerable.Range(20, 10)))
        {
            _buffer.Add(Picture(number) with { Discontinuity = number == 20 });
        }

        Assert.Null(_buffer.GoesOnAt(At(4, 40)));
        Assert.Equal(At(20, 40), _buffer.GoesOnAt(At(5, 40)));
        Assert.Equal(At(20, 40), _buffer.GoesOnAt(At(19, 40)));
        Assert.Null(_buffer.GoesOnAt(At(20, 40)));
        Assert.Null(_buffer.GoesOnAt(At(30, 40)));
        Assert.Equal((TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(400)), (_buffer.Level(At(3, 40)), _buffer.LevelBehindGap(At(3, 40))));
        Assert.Equal((TimeSpan.FromMilliseconds(400), TimeSpan.Zero), (_buffer.Level(At(5, 40)), _buffer.LevelBehindGap(At(5, 40))));
    }

    [Fact]
    public void What_was_given_out_before_a_gap_is_no_gap_while_it_plays()
    {
        foreach (var number in Enumerable.Range(0, 5).Concat(Enumerable.Range(20, 10)))
        {
            _buffer.Add(Picture(number) with { Discontinuity = number == 20 });
        }

        Assert.Equal("0 1 2 3 4 20! 21 22 23 24 25 26 27 28 29", Taken());
        Assert.Null(_buffer.GoesOnAt(At(4, 40)));
        Assert.Equal(At(20, 40), _buffer.GoesOnAt(At(5, 40)));
        Assert.Null(_buffer.GoesOnAt(At(21, 40)));
    }

    /// <summary>Where a link let single pictures through now and then, a decoder that works ahead is several gaps ahead of playout.</summary>
    [Fact]
    public void Every_gap_before_what_was_given_out_is_one()
    {
        foreach (var number in new[] { 0, 1, 20, 40, 41, 60 })
        {
            _buffer.Add(Picture(number) with { Discontinuity = number is 20 or 40 or 60 });
        }

        Assert.Equal("0 1 20! 40! 41 60!", Taken());
        Assert.Null(_buffer.GoesOnAt(At(1, 40)));
        Assert.Equal(At(20, 40), _buffer.GoesOnAt(At(2, 40)));
        Assert.Null(_buffer.GoesOnAt(At(20, 40)));
        Assert.Equal(At(40, 40), _buffer.GoesOnAt(At(21, 40)));
        Assert.Null(_buffer.GoesOnAt(At(41, 40)));
        Assert.Equal(At(60, 40), _buffer.GoesOnAt(At(59, 40)));
    }

    [Fact]
    public void Turns_that_were_passed_over_are_a_gap()
    {
        _buffer.Add(Picture(0, turn: 0, turnPictures: 2));
        _buffer.Add(Picture(1, turn: 0, turnPictures: 2));
        _buffer.Add(Picture(0, turn: 1, turnPictures: 2));
        Assert.Equal(TimeSpan.FromMilliseconds(120), _buffer.Level(Timestamp.Zero));
        _buffer.Add(Picture(0, turn: 20, turnPictures: 2));
        Assert.Equal(TimeSpan.FromMilliseconds(120), _buffer.Level(Timestamp.Zero));
        Assert.Equal(At(40, 40), _buffer.GoesOnAt(At(3, 40)));
        Assert.Equal("0 1 0 0!", Taken());
        Assert.Equal(37, _buffer.Missing);
    }

    [Fact]
    public void The_older_half_makes_way_and_counts_as_missing()
    {
        for (var number = 0; number < 60; number++)
        {
            _buffer.Add(Picture(number));
        }

        Assert.True(_buffer.TryTake(out _));
        _buffer.DropOlderHalf();
        Assert.InRange(_buffer.Duration.TotalMilliseconds, 1100, 1200);
        Assert.Equal(At(40, 40), _buffer.GoesOnAt(At(1, 40)));
        Assert.True(_buffer.TryTake(out var next));
        Assert.Equal((40u, true), (next.Unit.Sequence, next.Discontinuity));
        Assert.Equal(39, _buffer.Missing + _buffer.Undecodable);
    }

    [Fact]
    public void Beyond_its_duration_the_bytes_still_bound_it()
    {
        var number = 0;
        while (_buffer.Add(Picture(number, bytes: 1000)) == JitterOutcome.Accepted)
        {
            number++;
        }

        Assert.Equal(100, number);
        while (_buffer.Add(Picture(number, bytes: 1000), beyondDuration: true) == JitterOutcome.Accepted)
        {
            number++;
        }

        Assert.InRange(number, 400, 500);
        Assert.InRange(_buffer.Bytes, 900_000, 1_000_000);
    }

    [Fact]
    public void Anything_that_arrives_gives_only_decodable_pictures_within_the_bounds()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            Check(seed);
        }
    }

    private static void Check(int seed)
    {
        var random = new Random(seed);
        var buffer = New();
        var turnPictures = random.Next(5, 60);
        ArrivedUnit? last = null;
        var selection = 1u;
        for (var step = 0; step < 600; step++)
        {
            if (random.Next(200) == 0)
            {
                buffer.Begin(++selection);
                last = null;
            }

            var number = Math.Max(0, (step / 2) + random.Next(-8, 8));
            var unit = Picture(number % turnPictures, number / turnPictures, turnPictures, selection - (uint)random.Next(0, 2) % selection, random.Next(500));
            var (before, bytesBefore) = (buffer.Count, buffer.Bytes);
            var outcome = random.Next(10) == 0 ? JitterOutcome.Duplicate : buffer.Add(unit);
            Assert.True(outcome == JitterOutcome.Accepted || (buffer.Count, buffer.Bytes) == (before, bytesBefore), $"seed {seed}");
            Assert.True(buffer.Duration <= Most + TimeSpan.FromMilliseconds(40) && buffer.Bytes <= 1_000_000, $"seed {seed}");
            var from = last?.Unit.Pts ?? buffer.Start ?? Timestamp.Zero;
            var level = buffer.Level(from);
            Assert.True(level >= TimeSpan.Zero, $"seed {seed}");
            for (var take = random.Next(3); take > 0 && buffer.TryTake(out var taken); take--)
            {
                var fits = taken.Discontinuity ? taken.Unit.IsKeyframe : last is { } l && taken.Follows(l);
                Assert.True(fits && taken.Selection == selection, $"seed {seed}: {taken.Unit.Sequence} after {last?.Unit.Sequence}");
                Assert.True(last is null || taken.Unit.Pts > last.Value.Unit.Pts, $"seed {seed}: PTS go back");
                Assert.True(buffer.Level(taken.Unit.Pts) >= taken.Unit.Duration, $"seed {seed}: what was given out is not counted");
                last = taken;
            }
        }
    }

    private static JitterBuffer New()
    {
        var buffer = new JitterBuffer(Most, maxBytes: 1_000_000);
        buffer.Begin(1);
        return buffer;
    }

    private string Taken(bool first = false)
    {
        var units = new List<string>();
        while (_buffer.TryTake(out var unit))
        {
            // The first unit of a selection always begins anew; it is only marked where that is the point.
            units.Add($"{unit.Unit.Sequence}{(unit.Discontinuity && (first || units.Count > 0) ? "!" : string.Empty)}");
        }

        return string.Join(' ', units);
    }
}
