using System.Globalization;
using System.Text;
using KnSock.Protocol.Messages;

namespace KnSock.Protocol.Tests.Messages;

/// <summary>The quick way to read feedback may refuse what it likes, but what it reads must be what the full reader reads.</summary>
public class FeedbackReaderTests
{
    private const string Plain = """{"type":"feedback","selection":1,"state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41}""";

    // What a client sends in the run of things.
    private static readonly Feedback Usual = new()
    {
        Selection = 3,
        State = PlayoutState.Playing,
        PositionSeconds = 1234.5678901,
        VideoBufferSeconds = 7.9333333,
        AudioBufferSeconds = 7.9573696,
        TargetSeconds = 0.2,
        ReceivedBytes = 123_456_789,
        Stalls = 1,
        StallMs = 250,
        Late = 2,
        Dropped = 3,
        DecodeP95Ms = 4.5,
        Presented = 654_321,
        PlaybackRate = 0.975,
    };

    private static readonly string[] Numbers =
    [
        "0", "-0", "0.0", "00", "01", "1", "1.", ".5", "-1", "+1", "1e3", "1E-05", "1e999", "0.1", "0.30000000000000004", "3600", "3600.0", "3600.0000000000001", "3600.1",
        "9007199254740992", "9007199254740993", "900719925474099.3", "0.9007199254740993", "123456789012345678", "1234567890123456789", "0.123456789012345678901234567890",
        "1000000000", "1000000000.1", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "99999999999999999999999999999999", "0.00000000000000000000000000001", "5e-324", "null", "true", "\"1\"", "NaN", "Infinity", "", "[]", "{}", " 1", "1 ", "\u0661",
    ];

    private static readonly string[] Words =
        ["playing", "buffering", "stalled", "paused", "Playing", "PAUSED", "play\\u0069ng", "", "0", "feedback", "ping", "hello"];

    [Fact]
    public void What_a_client_sends_is_read()
    {
        Assert.True(FeedbackReader.TryRead(MessageJson.WriteLine(Usual), out var figures));
        Assert.Equal(Usual.Figures, figures);
        Assert.True(FeedbackReader.TryRead(Encoding.UTF8.GetBytes(Plain), out figures));
        Assert.Equal(new FeedbackFigures(1, PlayoutState.Playing, PositionSeconds: null, 0.4, 0.41, TargetSeconds: 0), figures);
    }

    [Theory]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    [InlineData("}", false)]
    [InlineData(",", false)]
    [InlineData("\n\n", false)]
    [InlineData("{}", false)]
    public void The_line_ends_with_the_object(string after, bool isRead) =>
        Assert.Equal(isRead, FeedbackReader.TryRead(Encoding.UTF8.GetBytes(Plain + after), out _));

    [Theory]
    [InlineData("""{"selection":1,"state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41}""")]
    [InlineData("""{"type":"feedback","state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41}""")]
    [InlineData("""{"type":"feedback","selection":1,"videoBufferSeconds":0.4,"audioBufferSeconds":0.41}""")]
    [InlineData("""{"type":"feedback","selection":1,"state":"playing","audioBufferSeconds":0.41}""")]
    [InlineData("""{"type":"feedback","selection":1,"state":"playing","videoBufferSeconds":0.4}""")]
    [InlineData("""{"type":"feedback","selection":1,"selection":1,"state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41}""")]
    [InlineData("""{"type":"feedback","selection":1,"state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41,"more":1}""")]
    [InlineData("""{"type":"feedback","selection":1,"state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41,}""")]
    [InlineData("""{"type":"feedback","selection":1,"state":"playing","videoBufferSeconds":0.4,"audioBufferSeconds":0.41""")]
    [InlineData("""{"type":"ping","id":1}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("\"feedback\"")]
    public void What_is_not_whole_or_not_known_is_left_to_the_full_reader(string line) =>
        Assert.False(FeedbackReader.TryRead(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void Every_number_and_word_in_every_place_is_read_as_the_full_reader_reads_it()
    {
        var text = Encoding.UTF8.GetString(MessageJson.WriteLine(Usual)).TrimEnd('\n');
        var properties = text[1..^1].Split(',');
        var read = 0;
        for (var i = 0; i < properties.Length; i++)
        {
            var name = properties[i].Split(':')[0];
            foreach (var value in Numbers.Concat(Words.Select(w => $"\"{w}\"")))
            {
                string[] changed = [.. properties[..i], $"{name}:{value}", .. properties[(i + 1)..]];
                read += AgreesWithTheFullReader("{" + string.Join(',', changed) + "}") ? 1 : 0;
            }
        }

        Assert.True(read > 100, "too few of the lines were read the quick way for this test to say anything");
    }

    [Fact]
    public void Feedback_that_makes_sense_is_read_in_any_order()
    {
        var random = Seeded(out var seed);
        for (var i = 0; i < 3000; i++)
        {
            var feedback = Arbitrary(random);
            var text = Encoding.UTF8.GetString(MessageJson.WriteLine(feedback)).TrimEnd('\n');
            var properties = text[1..^1].Split(',');
            random.Shuffle(properties);
            var line = "{" + string.Join(',', properties) + "}";
            // Exponents are left to the full reader, everything else has to be read here.
            Assert.True(AgreesWithTheFullReader(line) || line.Contains("E-", StringComparison.Ordinal), $"not read: {line} (seed {seed})");
        }
    }

    [Fact]
    public void Damaged_lines_are_read_as_the_full_reader_reads_them_or_not_at_all()
    {
        var random = Seeded(out _);
        var read = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var line = MessageJson.WriteLine(Arbitrary(random)).ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                Damage(line, random);
            }

            read += AgreesWithTheFullReader([.. line]) ? 1 : 0;
        }

        Assert.InRange(read, 100, 29_900);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[][] lines = [MessageJson.WriteLine(Usual), Encoding.UTF8.GetBytes(Plain), "{\"type\":\"ping\",\"id\":1}"u8.ToArray()];
        long Allocated(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                FeedbackReader.TryRead(lines[i % lines.Length], out _);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(100);
        Assert.Equal(0, Allocated(10_000));
    }

    private static bool AgreesWithTheFullReader(string line) => AgreesWithTheFullReader(Encoding.UTF8.GetBytes(line));

    /// <summary>Whether the quick reader took the line; then the full one has to take it, too, and alike.</summary>
    private static bool AgreesWithTheFullReader(byte[] line)
    {
        if (!FeedbackReader.TryRead(line, out var figures))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(line);
        try
        {
            var feedback = Assert.IsType<Feedback>(MessageJson.ReadControl(line));
            Assert.True(feedback.IsPlausible, $"not plausible: {text}");
            Assert.Equal(feedback.Figures, figures);
        }
        catch (ProtocolException e)
        {
            Assert.Fail($"{text}: {e.InnerException?.Message}");
        }

        return true;
    }

    private static Feedback Arbitrary(Random random) => new()
    {
        Selection = (uint)random.NextInt64(1L << random.Next(1, 33)),
        State = (PlayoutState)random.Next(4),
        PositionSeconds = random.Next(5) == 0 ? null : Number(random, 1e9),
        VideoBufferSeconds = Number(random, 3600),
        AudioBufferSeconds = Number(random, 3600),
        TargetSeconds = Number(random, 3600),
        ReceivedBytes = random.NextInt64(1L << random.Next(1, 59)),
        Stalls = random.Next(),
        StallMs = random.Next(),
        Late = random.Next(10),
        Dropped = random.Next(10),
        DecodeP95Ms = Number(random, 1e6),
        Presented = random.Next(2) == 0 ? null : random.Next(),
        PlaybackRate = random.Next(2) == 0 ? null : random.NextDouble() * 10,
    };

    private static double Number(Random random, double most) => random.Next(4) switch
    {
        0 => random.Next(10),
        1 => random.Next(36_000_000) / 1e4,
        2 => TimeSpan.FromTicks(random.NextInt64((long)(3600 * 1e7))).TotalSeconds,
        _ => random.NextDouble() * most,
    };

    private static void Damage(List<byte> line, Random random)
    {
        const string Likely = "0123456789.-+eE\",:{}[] nutrfl\\\n\r";
        var at = random.Next(line.Count);
        switch (random.Next(3))
        {
            case 0:
                line[at] = (byte)Likely[random.Next(Likely.Length)];
                break;
            case 1:
                line.Insert(at, (byte)Likely[random.Next(Likely.Length)]);
                break;
            default:
                line.RemoveAt(at);
                break;
        }
    }

    private static Random Seeded(out int seed)
    {
        seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        return new Random(seed);
    }
}
